// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Voices of the test's own (tests/support/vits_model.py), loaded and asked as real ones; and real
// ones, where LIVEDUB_MODELS names a folder that has some.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "engines/onnx/trial.hpp"
#include "engines/vits/voice_config.hpp"
#include "engines/vits_onnx/local_voices.hpp"
#include "engines/vits_onnx/onnx_wave_model.hpp"
#include "files/test_directory.hpp"

namespace livedub::vits {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using files::get_file;
using files::put_file;
using speech::SynthesisRequest;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kSpanish = "El equipo visitante gana el partido, y la gente canta.";

double seconds(const PcmChunk& chunk) {
    return std::chrono::duration<double>(chunk.duration()).count();
}

/// Of a hum: how often it goes up through zero in a second.
double pitch_hz(const PcmChunk& chunk) {
    const auto& samples = chunk.samples();
    int crossings = 0;
    for (std::size_t at = 1; at < samples.size(); ++at) {
        crossings += samples[at - 1] < 0 && samples[at] >= 0 ? 1 : 0;
    }
    return crossings / seconds(chunk);
}

class VitsVoices : public testing::Test {
  protected:
    void make_voice(const std::string& file, const std::string& options = "") {
        const auto command = "/usr/bin/python3 " LIVEDUB_SOURCE_DIR
                             "/tests/support/vits_model.py " +
                             (folder() / file).string() + " " + options;
        ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    [[nodiscard]] const fs::path& folder() const { return directory_.path(); }

    std::unique_ptr<speech::Synthesizer> voices() {
        auto made = make_local_voices(
            voices_in(folder()), load_onnx_wave_model,
            [this](std::string_view profile, std::string_view) {
                return Result<VoiceWish>{profiles_[std::string{profile}]};
            },
            60s);
        EXPECT_TRUE(made.has_value()) << made.error().message();
        return std::move(*made);
    }

    PcmChunk speak(const SynthesisRequest& request) {
        auto voice = voices();
        EXPECT_TRUE(voice->prepare(request.language, request.voice));
        auto speech = voice->synthesise(request, {});
        EXPECT_TRUE(speech.has_value()) << speech.error().message();
        return speech ? *speech : *PcmChunk::make({}, {8000, 1}, {});
    }

    std::string refusal(const std::string& language = "es") {
        const auto prepared = voices()->prepare(language, "default");
        return prepared ? "none" : prepared.error().message();
    }

    std::map<std::string, VoiceWish> profiles_{{"default", {}}};

  private:
    files::TestDirectory directory_;
};

TEST_F(VitsVoices, SpeakAtTheSpeedThatIsAskedFor) {
    make_voice("es_ES-tiny-low.onnx");

    const auto natural = speak({.text = kSpanish, .language = "es"});

    EXPECT_EQ(natural.format().sample_rate_hz, 16'000);
    EXPECT_GT(seconds(natural), 2.0);
    EXPECT_NEAR(pitch_hz(natural), 220.0, 3.0);
    for (const double speed : {0.5, 0.8, 1.25, 2.0}) {
        const auto speech = speak({.text = kSpanish, .language = "es", .speed = speed});
        EXPECT_NEAR(seconds(natural) / seconds(speech), speed, 0.02 * speed);
        EXPECT_NEAR(pitch_hz(speech), 220.0, 5.0);
    }
}

TEST_F(VitsVoices, LastAsLongAsTheirPhonemes) {
    make_voice("es_ES-tiny-low.onnx");

    // "ˈola": two before, 4 symbols with one after each, the end; 40 ms each; 10 ms of silence at
    // either end.
    EXPECT_NEAR(seconds(speak({.text = "hola", .language = "es"})), 11 * 0.04 + 0.02, 0.002);
}

TEST_F(VitsVoices, HaveNoSilenceAtEitherEnd) {
    make_voice("es_ES-tiny-low.onnx");

    const auto speech = speak({.text = kSpanish, .language = "es"});

    const auto& samples = speech.samples();
    const auto is_audible = [](std::int16_t sample) { return std::abs(sample) > 64; };
    EXPECT_TRUE(std::any_of(samples.begin(), samples.begin() + 320, is_audible));
    EXPECT_TRUE(std::any_of(samples.end() - 320, samples.end(), is_audible));
}

TEST_F(VitsVoices, OfSeveralSpeakersSpeakAsTheOneWhoIsAskedFor) {
    make_voice("es_ES-tiny-low.onnx", "--speakers 3");
    profiles_["two"] = {.speaker = "speaker_2"};
    profiles_["one"] = {.model = "es_ES-tiny-low", .speaker = "1"};
    const auto pitch = [this](const std::string& profile) {
        return pitch_hz(speak({.text = kSpanish, .language = "es", .voice = profile}));
    };

    EXPECT_NEAR(pitch("default"), 220.0, 5.0);
    EXPECT_NEAR(pitch("one"), 330.0, 5.0);
    EXPECT_NEAR(pitch("two"), 440.0, 5.0);
}

TEST_F(VitsVoices, ExportedByCoquiSpeakToo) {
    make_voice("tiny/model.onnx", "--coqui --speakers 2 --languages es,fr");
    profiles_["one"] = {.model = "tiny", .speaker = "speaker_1"};

    EXPECT_NEAR(pitch_hz(speak({.text = kSpanish, .language = "es"})), 220.0, 5.0);
    EXPECT_NEAR(pitch_hz(speak({.text = kSpanish, .language = "fr"})), 275.0, 5.0);
    EXPECT_NEAR(pitch_hz(speak({.text = kSpanish, .language = "fr", .voice = "one"})), 385.0, 6.0);
    EXPECT_THAT(refusal("de"), HasSubstr("no voice for the language \"de\""));
}

TEST_F(VitsVoices, SaySoWhenTheirFilesAreNoGood) {
    make_voice("es_ES-tiny-low.onnx");
    const auto model = folder() / "es_ES-tiny-low.onnx";
    const auto good = get_file(model);
    const auto with = [&](const std::string& bytes) {
        put_file(model, bytes);
        return refusal();
    };
    const auto replaced = [&](const std::string& old, const std::string& instead) {
        auto bytes = good;
        for (auto at = bytes.find(old); at != std::string::npos; at = bytes.find(old, at + 1)) {
            bytes.replace(at, old.size(), instead);
        }
        return bytes;
    };

    EXPECT_EQ(with(good), "none");
    EXPECT_THAT(with(good.substr(0, good.size() / 2)),
                AllOf(HasSubstr(model.string()), HasSubstr("cut short")));
    EXPECT_THAT(with(""), HasSubstr("no ONNX model"));
    EXPECT_THAT(with("lmgg"), HasSubstr("no ONNX model"));
    EXPECT_THAT(with(replaced("scales", "scalez")), AllOf(HasSubstr("no input \"scales\"")));
    EXPECT_THAT(with(replaced("output", "outpot")), HasSubstr("no output \"output\""));
    EXPECT_THAT(with(replaced("Gather", "Gothic")), HasSubstr("Gothic"));
    std::error_code ignored;
    fs::remove(model, ignored);
    EXPECT_THAT(refusal(), HasSubstr("no voice for the language"));
    put_file(model, good);
    fs::remove(folder() / "es_ES-tiny-low.onnx.json", ignored);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("es_ES-tiny-low.onnx.json"), HasSubstr("No such")));
}

TEST_F(VitsVoices, ThatMakeTheLibraryCrashAreFoundOutByAnotherProcess) {
    make_voice("es_ES-tiny-low.onnx");
    const auto command =
        "/usr/bin/python3 " LIVEDUB_SOURCE_DIR "/tests/support/onnx_model.py " + folder().string();
    ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    const auto refusal_of = [this](const std::string& file) {
        const auto tried = onnx::try_out("voice", folder() / file);
        return tried ? "none" : tried.error().message();
    };

    EXPECT_EQ(refusal_of("es_ES-tiny-low.onnx"), "none");
    EXPECT_EQ(refusal_of("kinds.onnx"),
              load_onnx_wave_model(folder() / "kinds.onnx").error().message());
    EXPECT_THAT(refusal_of("recursive.onnx"),
                AllOf(HasSubstr((folder() / "recursive.onnx").string()),
                      HasSubstr("the program that tried it ended: signal 11")));
}

/// Its configuration names more symbols than its graph knows: the fragment fails, the next may not.
TEST_F(VitsVoices, AFailureOfTheGraphCostsOneText) {
    make_voice("es_ES-tiny-low.onnx");
    const auto config = folder() / "es_ES-tiny-low.onnx.json";
    auto text = get_file(config);
    const auto at = text.find("\"l\": [");
    ASSERT_NE(at, std::string::npos);
    put_file(config, text.insert(at + 6, "9999, "));
    auto voice = voices();
    ASSERT_TRUE(voice->prepare("es", "default"));

    const auto bad = voice->synthesise({.text = "hola", .language = "es"}, {});

    ASSERT_FALSE(bad.has_value());
    EXPECT_EQ(bad.error().code(), ErrorCode::kInternal);
    EXPECT_TRUE(voice->synthesise({.text = "gana", .language = "es"}, {}));
}

TEST_F(VitsVoices, StopWhenAskedAndSpeakAgain) {
    make_voice("es_ES-tiny-low.onnx");
    make_voice("fr_FR-slow-low.onnx", "--language fr_FR --slow 100000");
    auto voice = voices();
    ASSERT_TRUE(voice->prepare("fr", "default") && voice->prepare("es", "default"));
    std::string text;
    for (int i = 0; i < 200; ++i) {
        text += "Un, deux, trois. ";
    }
    std::stop_source source;
    std::chrono::steady_clock::time_point asked;
    Result<PcmChunk> speech = fail(ErrorCode::kInternal, "not run");
    {
        const std::jthread stopper{[&] {
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        }};
        speech = voice->synthesise({.text = text, .language = "fr"}, source.get_token());
    }

    ASSERT_FALSE(speech.has_value());
    EXPECT_EQ(speech.error().code(), ErrorCode::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);  // 100 ms and a busy machine
    EXPECT_TRUE(voice->synthesise({.text = kSpanish, .language = "es"}, {}));
}

TEST_F(VitsVoices, ServeSeveralThreads) {
    make_voice("es_ES-tiny-low.onnx", "--speakers 2");
    profiles_["one"] = {.speaker = "1"};
    auto voice = voices();
    ASSERT_TRUE(voice->prepare("es", "default") && voice->prepare("es", "one"));
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            const std::string profile = thread % 2 == 0 ? "default" : "one";
            for (int round = 0; round < 5; ++round) {
                const auto speech =
                    voice->synthesise({.text = kSpanish, .language = "es", .voice = profile}, {});
                ASSERT_TRUE(speech.has_value()) << speech.error().message();
                EXPECT_NEAR(pitch_hz(*speech), thread % 2 == 0 ? 220.0 : 330.0, 5.0);
            }
        });
    }
}

/// Real voices cannot be had by a test: this runs where somebody has put some.
TEST(RealVoices, SpeakFasterThanRealTimeAndAsFastAsAsked) {
    const char* const models = std::getenv("LIVEDUB_MODELS");  // NOLINT(concurrency-mt-unsafe)
    const auto found = models == nullptr ? std::vector<VoiceFiles>{} : voices_in(fs::path{models});
    if (found.empty()) {
        GTEST_SKIP() << "LIVEDUB_MODELS names no folder with VITS voices";
    }
    for (const auto& files : found) {
        const auto config = load_voice_config(files.config);
        ASSERT_TRUE(config.has_value()) << config.error().message();
        auto voice = make_local_voices(
            {files}, load_onnx_wave_model,
            [](std::string_view, std::string_view) { return Result<VoiceWish>{VoiceWish{}}; }, 60s);
        ASSERT_TRUE(voice.has_value());
        const auto language = config->language;
        ASSERT_TRUE((*voice)->prepare(language, "default")) << files.name;
        const auto begin = std::clock();
        const auto natural = (*voice)->synthesise({.text = kSpanish, .language = language}, {});
        const double cpu = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        const auto fast =
            (*voice)->synthesise({.text = kSpanish, .language = language, .speed = 1.5}, {});
        ASSERT_TRUE(natural && fast) << files.name;
        std::printf("%s: %.1f s, real-time factor %.2f, 1.5 times is %.2f times\n",
                    files.name.c_str(), seconds(*natural), cpu / seconds(*natural),
                    seconds(*natural) / seconds(*fast));
        EXPECT_LT(cpu / seconds(*natural), 1.0) << files.name;
        EXPECT_NEAR(seconds(*natural) / seconds(*fast), 1.5, 0.25) << files.name;
    }
}

}  // namespace
}  // namespace livedub::vits
