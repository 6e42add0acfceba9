// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/vits_synthesizer.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/mutex.hpp"
#include "files/test_directory.hpp"

namespace livedub::vits {
namespace {

using files::put_file;
using speech::SynthesisRequest;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kRate = 10'000;
constexpr float kSamplesPerSymbol = 100.0F;

/// What graphs were asked for, and what is to become of it.
struct Script {
    std::vector<std::filesystem::path> loaded;
    std::vector<WaveRequest> asked;
    std::vector<std::string> phonemised;  // "words/voice"
    float value = 0.5F;
    std::optional<Error> load_error;
    std::optional<Error> speak_error;
    bool is_stuck = false;  // until it is stopped
};

class FakeWaveModel final : public WaveModel {
  public:
    explicit FakeWaveModel(Script& script) : script_{script} {}

    [[nodiscard]] bool has_speakers() const noexcept override { return true; }

    Result<std::vector<float>> speak(const WaveRequest& request,
                                     const std::stop_token& stop) const override {
        script_.asked.push_back(request);
        if (script_.is_stuck) {
            Mutex mutex;
            std::condition_variable_any never;
            const MutexLock lock{mutex};
            never.wait(mutex, stop, [] { return false; });
            return fail(ErrorCode::kCancelled, "stopped");
        }
        if (script_.speak_error) {
            return tl::unexpected{*script_.speak_error};
        }
        const auto length = static_cast<float>(request.ids.size()) * kSamplesPerSymbol;
        const auto samples = static_cast<std::size_t>(std::lround(length * request.length));
        std::vector<float> wave(1'000, 0.0F);  // a pause, as models put around what they say
        wave.resize(1'000 + samples, script_.value);
        wave.resize(2'000 + samples, 0.0F);
        return wave;
    }

  private:
    Script& script_;
};

class Vits : public testing::Test {
  protected:
    /// As Piper has it, of letters: every symbol is one number.
    void add(const std::string& name, const std::string& language, const std::string& more = "") {
        put_file(directory_.path() / (name + ".onnx"), "");
        put_file(directory_.path() / (name + ".onnx.json"),
                 fmt::format(R"({{"audio": {{"sample_rate": {}}}, "espeak": {{"voice": "{}"}},
                                  "phoneme_id_map": {{"_": [0], "^": [1], "$": [2], "a": [3],
                                                      ".": [4], ",": [5], " ": [6]}} {}}})",
                             kRate, language, more));
    }

    std::unique_ptr<speech::Synthesizer> make() {
        return make_vits_synthesizer(
            voices_in(directory_.path()),
            {.load = [this](const std::filesystem::path& file)
                 -> Result<std::unique_ptr<const WaveModel>> {
                 script_.loaded.push_back(file.filename());
                 if (script_.load_error) {
                     return tl::unexpected{*script_.load_error};
                 }
                 return std::make_unique<const FakeWaveModel>(script_);
             },
             .phonemise = [this](const std::string& words, const std::string& voice,
                                 const std::stop_token&) -> Result<std::string> {
                 script_.phonemised.push_back(words + "/" + voice);
                 return words;
             },
             .look_up = [this](std::string_view profile, std::string_view) -> Result<VoiceWish> {
                 const auto found = profiles_.find(std::string{profile});
                 return found == profiles_.end()
                            ? Result<VoiceWish>{fail(ErrorCode::kInvalidArgument, "no profile")}
                            : Result<VoiceWish>{found->second};
             },
             .timeout = timeout_});
    }

    /// With the voice of Spanish loaded.
    std::unique_ptr<speech::Synthesizer> make_prepared() {
        auto voice = make();
        EXPECT_TRUE(voice->prepare("es", "default"));
        script_.phonemised.clear();
        script_.asked.clear();
        return voice;
    }

    std::string refusal(std::string_view language, std::string_view profile = "default") {
        const auto prepared = make()->prepare(language, profile);
        return prepared ? "none" : prepared.error().message();
    }

    files::TestDirectory directory_;
    Script script_;
    std::chrono::milliseconds timeout_{60'000};
    std::map<std::string, VoiceWish> profiles_{{"default", {}}};
};

TEST_F(Vits, SpeaksEachSentenceWithoutSilenceAtEitherEnd) {
    add("es_ES-one-low", "es");

    const auto speech = make_prepared()->synthesise({.text = "aa, a. aaaa", .language = "es"}, {});

    ASSERT_TRUE(speech.has_value()) << speech.error().message();
    EXPECT_EQ(speech->format().sample_rate_hz, kRate);
    EXPECT_THAT(script_.phonemised, ElementsAre("aa/es", "a/es", "aaaa/es"));
    ASSERT_EQ(script_.asked.size(), 2U);
    EXPECT_THAT(script_.asked[0].ids, ElementsAre(1, 0, 3, 0, 3, 0, 5, 0, 6, 0, 3, 0, 4, 0, 2));
    EXPECT_THAT(script_.asked[1].ids, ElementsAre(1, 0, 3, 0, 3, 0, 3, 0, 3, 0, 2));
    // 15 and 11 symbols, 10 ms of silence at each end, 200 ms between them.
    EXPECT_EQ(speech->frames(), 1'500U + 1'100U + 4 * 100U + 2'000U);
    EXPECT_GT(speech->samples()[150], 10'000);
}

TEST_F(Vits, SpeedIsALengthScale) {
    add("es_ES-one-low", "es", R"(, "inference": {"length_scale": 1.2, "noise_scale": 0.1})");
    profiles_["fast"] = {.speed = 1.5};
    auto voice = make_prepared();
    const auto length = [&](double speed, const std::string& profile) {
        EXPECT_TRUE(voice->synthesise(
            {.text = "a", .language = "es", .voice = profile, .speed = speed}, {}));
        return script_.asked.back().length;
    };

    EXPECT_FLOAT_EQ(length(1.0, "default"), 1.2F);
    EXPECT_FLOAT_EQ(length(2.0, "default"), 0.6F);
    EXPECT_FLOAT_EQ(length(1.0, "fast"), 0.8F);
    EXPECT_FLOAT_EQ(length(50.0, "fast"), 1.2F / 2.5F);  // its fastest
    EXPECT_FLOAT_EQ(length(0.01, "default"), 3.0F);      // its slowest
    EXPECT_FLOAT_EQ(script_.asked.back().noise, 0.1F);
}

TEST_F(Vits, ALanguageHasTheVoiceOfItsRegionOrAnyOfItsOwn) {
    add("es_ES-one-low", "es-es");
    add("es_MX-two-low", "es-mx");
    add("fr_FR-three-low", "fr");
    profiles_["mexican"] = {.model = "es_MX-two-low"};
    profiles_["by file"] = {.model = "es_MX-two-low.onnx"};
    const auto loaded = [&](std::string_view language, std::string_view profile) {
        script_.loaded.clear();
        EXPECT_TRUE(make()->prepare(language, profile)) << language;
        return script_.loaded.empty() ? "" : script_.loaded.back().string();
    };

    EXPECT_EQ(loaded("es", "default"), "es_ES-one-low.onnx");
    EXPECT_EQ(loaded("es-MX", "default"), "es_MX-two-low.onnx");
    EXPECT_EQ(loaded("es-AR", "default"), "es_ES-one-low.onnx");
    EXPECT_EQ(loaded("fr-CA", "default"), "fr_FR-three-low.onnx");
    EXPECT_EQ(loaded("es", "mexican"), "es_MX-two-low.onnx");
    EXPECT_EQ(loaded("es", "by file"), "es_MX-two-low.onnx");
    EXPECT_TRUE(has_voice_for(voices_in(directory_.path()), "es-AR"));
    EXPECT_FALSE(has_voice_for(voices_in(directory_.path()), "de"));
    EXPECT_THAT(refusal("de"), HasSubstr("no voice for the language \"de\""));
    EXPECT_THAT(refusal("fr", "mexican"), HasSubstr("does not speak \"fr\""));
}

TEST_F(Vits, KnowsItsSpeakersByNameAndNumber) {
    add("es_ES-one-low", "es", R"(, "num_speakers": 3, "speaker_id_map": {"ana": 2})");
    profiles_["ana"] = {.speaker = "ana"};
    profiles_["second"] = {.speaker = "1"};
    profiles_["nobody"] = {.speaker = "luis"};
    profiles_["fourth"] = {.speaker = "3"};
    const auto asked = [&](const std::string& profile) {
        EXPECT_TRUE(
            make_prepared()->synthesise({.text = "a", .language = "es", .voice = profile}, {}));
        return script_.asked.back().speaker;
    };

    EXPECT_EQ(asked("default"), 0);
    EXPECT_EQ(asked("ana"), 2);
    EXPECT_EQ(asked("second"), 1);
    EXPECT_THAT(refusal("es", "nobody"), AllOf(HasSubstr("luis"), HasSubstr("allowed: ana")));
    EXPECT_THAT(refusal("es", "fourth"), HasSubstr("\"3\""));
    EXPECT_EQ(refusal("es", "unknown"), "no profile");
}

TEST_F(Vits, LoadsAVoiceOnce) {
    add("es_ES-one-low", "es");
    auto voice = make();

    EXPECT_TRUE(voice->prepare("es", "default"));
    EXPECT_TRUE(voice->prepare("es", "default"));
    EXPECT_TRUE(voice->synthesise({.text = "a. a.", .language = "es"}, {}));

    EXPECT_EQ(script_.loaded.size(), 1U);
}

TEST_F(Vits, AVoiceThatCannotBeLoadedIsTriedAgain) {
    add("es_ES-one-low", "es");
    script_.load_error = Error{ErrorCode::kUnavailable, "cut short"};
    auto voice = make();

    EXPECT_EQ(voice->prepare("es", "default").error().message(), "cut short");
    script_.load_error.reset();
    EXPECT_TRUE(voice->prepare("es", "default"));
}

TEST_F(Vits, TriesEachSpeakerOnceBeforeAir) {
    add("es_ES-one-low", "es", R"(, "num_speakers": 3, "speaker_id_map": {"ana": 2})");
    profiles_["ana"] = {.speaker = "ana"};
    auto voice = make();
    EXPECT_TRUE(voice->prepare("es", "ana"));
    EXPECT_TRUE(voice->prepare("es", "ana"));
    ASSERT_EQ(script_.asked.size(), 1U);
    EXPECT_EQ(script_.asked[0].speaker, 2);

    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        script_.value = value;
        const auto prepared = voice->prepare("es", "default");
        ASSERT_FALSE(prepared);
        EXPECT_EQ(prepared.error().code(), ErrorCode::kUnavailable);
        EXPECT_THAT(prepared.error().message(),
                    AllOf(HasSubstr("es_ES-one-low"), HasSubstr("no sound")));
    }
    script_.value = 0.5F;
    EXPECT_TRUE(voice->prepare("es", "default"));
}

TEST_F(Vits, LoadsNothingOnAir) {
    add("es_ES-one-low", "es");
    script_.load_error = Error{ErrorCode::kUnavailable, "cut short"};
    auto voice = make();
    const auto speak = [&] { return voice->synthesise({.text = "a", .language = "es"}, {}); };

    EXPECT_EQ(speak().error().message(), "the voice es_ES-one-low is not loaded");
    EXPECT_FALSE(voice->prepare("es", "default"));
    EXPECT_EQ(speak().error().message(), "cut short");
    EXPECT_EQ(speak().error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(script_.loaded.size(), 1U);

    script_.load_error.reset();
    EXPECT_FALSE(speak());
    EXPECT_TRUE(voice->prepare("es", "default"));
    EXPECT_TRUE(speak());
    EXPECT_EQ(script_.loaded.size(), 2U);
}

TEST_F(Vits, LoadsNoVoiceThatWillNotSpeak) {
    add("es_ES-one-low", "es");
    profiles_["spaniard"] = {.model = "es_ES-one-low"};
    profiles_["nobody"] = {.speaker = "luis"};

    EXPECT_THAT(refusal("fr", "spaniard"), HasSubstr("does not speak \"fr\""));
    EXPECT_THAT(refusal("es", "nobody"), HasSubstr("luis"));
    EXPECT_TRUE(script_.loaded.empty());
}

TEST_F(Vits, AVoiceWithoutGoodConfigurationIsAnErrorAndNotNoVoice) {
    add("es_ES-one-low", "es");
    put_file(directory_.path() / "es_ES-one-low.onnx.json", "{}");
    put_file(directory_.path() / "fr_FR-two-low.onnx", "");

    EXPECT_EQ(make()->prepare("es", "default").error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(refusal("es"),
                AllOf(HasSubstr("es_ES-one-low.onnx.json"), HasSubstr("espeak.voice")));
    EXPECT_THAT(refusal("fr"), AllOf(HasSubstr("fr_FR-two-low.onnx.json"), HasSubstr("No such")));
    EXPECT_THAT(list_of(voices_in(directory_.path())),
                AllOf(HasSubstr("espeak.voice"), HasSubstr("fr_FR-two-low.onnx.json")));
}

TEST_F(Vits, RefusesWhatItCannotSay) {
    add("es_ES-one-low", "es");
    auto voice = make_prepared();
    const auto code = [&](const SynthesisRequest& request) {
        const auto speech = voice->synthesise(request, {});
        return speech ? ErrorCode{} : speech.error().code();
    };

    for (const auto* text : {"", " \n", "...", "xyz"}) {  // of the last the voice knows nothing
        EXPECT_EQ(code({.text = text, .language = "es"}), ErrorCode::kInvalidArgument) << text;
    }
    EXPECT_EQ(code({.text = std::string(1 << 20, 'a'), .language = "es"}),
              ErrorCode::kInvalidArgument);
    for (const double speed : {0.0, -1.0, std::nan("")}) {
        EXPECT_EQ(code({.text = "a", .language = "es", .voice = "default", .speed = speed}),
                  ErrorCode::kInvalidArgument);
    }
    EXPECT_EQ(code({.text = "a", .language = "es"}), ErrorCode{});
}

TEST_F(Vits, LooksAtWhatTheGraphMade) {
    add("es_ES-one-low", "es");
    auto voice = make_prepared();
    const auto speak = [&] { return voice->synthesise({.text = "a", .language = "es"}, {}); };

    script_.value = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(speak().error().code(), ErrorCode::kInternal);
    script_.value = 0.0F;
    EXPECT_EQ(speak().error().code(), ErrorCode::kInvalidArgument);
    script_.value = 7.0F;
    const auto loud = speak();
    ASSERT_TRUE(loud.has_value());
    EXPECT_EQ(loud->samples()[200], 32'767);
    EXPECT_EQ(script_.asked.back().most_samples, 120U * kRate);
    script_.speak_error = Error{ErrorCode::kInternal, "121 s of sound"};
    EXPECT_EQ(speak().error().code(), ErrorCode::kInternal);
    script_.speak_error = Error{ErrorCode::kCancelled, "stopped"};
    EXPECT_EQ(speak().error().code(), ErrorCode::kCancelled);
}

TEST_F(Vits, HasItsShareOfTheTimeAndNoMore) {
    add("es_ES-one-low", "es");
    timeout_ = std::chrono::milliseconds{1};
    auto voice = make_prepared();
    script_.is_stuck = true;

    const auto slow = voice->synthesise({.text = "a", .language = "es"}, {});

    ASSERT_FALSE(slow.has_value());
    EXPECT_EQ(slow.error().code(), ErrorCode::kTimeout);
    EXPECT_EQ(script_.asked.size(), 1U);
}

TEST_F(Vits, StopsWithItsCaller) {
    add("es_ES-one-low", "es");
    auto voice = make_prepared();
    script_.is_stuck = true;
    std::stop_source stop;
    stop.request_stop();

    EXPECT_EQ(voice->synthesise({.text = "a", .language = "es"}, stop.get_token()).error().code(),
              ErrorCode::kCancelled);
}

}  // namespace
}  // namespace livedub::vits
