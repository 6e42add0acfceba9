// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/espeak/espeak_synthesizer.hpp"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "base/clock.hpp"
#include "engines/espeak/espeak_library.hpp"

namespace livedub::espeak {
namespace {

using namespace std::chrono_literals;
using speech::SynthesisRequest;
using testing::HasSubstr;

constexpr const char* kSpanish =
    "El equipo visitante gana el partido con un gol en el último minuto, y la gente canta.";

class Espeak : public testing::Test {
  protected:
    void SetUp() override {
        auto made = make_espeak_synthesizer();
        if (!made) {
            GTEST_SKIP() << made.error().message();
        }
        synthesizer_ = std::move(*made);
    }

    PcmChunk speak(const SynthesisRequest& request) {
        auto speech = synthesizer_->synthesise(request, {});
        EXPECT_TRUE(speech.has_value()) << speech.error().message();
        return speech ? *speech : *PcmChunk::make({}, {8000, 1}, {});
    }
    PcmChunk speak_at(double speed) {
        return speak({.text = kSpanish, .language = "es", .voice = "default", .speed = speed});
    }

    std::unique_ptr<speech::Synthesizer> synthesizer_;
};

double seconds(const PcmChunk& chunk) {
    return std::chrono::duration<double>(chunk.duration()).count();
}

/// The fundamental frequency: where the autocorrelation of the whole utterance peaks.
double pitch_hz(const PcmChunk& chunk) {
    const auto& samples = chunk.samples();
    const auto rate = static_cast<std::size_t>(chunk.format().sample_rate_hz);
    std::size_t best = 0;
    double best_sum = 0;
    for (std::size_t lag = rate / 350; lag < rate / 60; ++lag) {
        double sum = 0;
        for (std::size_t at = lag; at < samples.size(); at += 2) {
            sum += static_cast<double>(samples[at]) * samples[at - lag];
        }
        if (sum > best_sum) {
            best_sum = sum;
            best = lag;
        }
    }
    return best == 0 ? 0 : static_cast<double>(rate) / static_cast<double>(best);
}

double loudest(const PcmChunk& chunk, std::size_t begin, std::size_t end) {
    int peak = 0;
    for (std::size_t at = begin; at < end; ++at) {
        peak = std::max(peak, std::abs(static_cast<int>(chunk.samples()[at])));
    }
    return peak;
}

TEST_F(Espeak, SpeaksWithoutSilenceAtEitherEnd) {
    const auto speech = speak_at(1.0);

    EXPECT_EQ(speech.format().channels, 1);
    EXPECT_EQ(speech.start(), StreamTime{});
    EXPECT_GT(seconds(speech), 3.0);
    EXPECT_LT(seconds(speech), 9.0);
    const auto margin = static_cast<std::size_t>(speech.format().sample_rate_hz / 50);
    EXPECT_GT(loudest(speech, 0, margin), 64);
    EXPECT_GT(loudest(speech, speech.frames() - margin, speech.frames()), 64);
    EXPECT_GT(loudest(speech, 0, speech.frames()), 3000);
}

TEST_F(Espeak, SpeedScalesTheDuration) {
    const double natural = seconds(speak_at(1.0));

    for (const double speed : {0.5, 0.7, 1.2, 1.4, 1.6, 1.8, 2.0}) {
        EXPECT_NEAR(natural / seconds(speak_at(speed)), speed, 0.06 * speed);
    }
    EXPECT_NEAR(seconds(speak_at(2.1)), seconds(speak_at(50.0)), 0.05);  // its fastest
    EXPECT_NEAR(seconds(speak_at(0.4)), seconds(speak_at(0.01)), 0.05);  // its slowest
}

TEST_F(Espeak, HonoursTheVoiceProfile) {
    const auto pitch = [this](const std::string& voice, const std::string& language) {
        return pitch_hz(speak({.text = kSpanish, .language = language, .voice = voice}));
    };
    const double usual = pitch("default", "es");

    EXPECT_GT(pitch("spanish_female_1", "es"), 1.25 * usual);
    EXPECT_GT(pitch("spanish_female_1", "es-MX"), 1.25 * pitch("spanish_male_1", "es-MX"));
    EXPECT_NEAR(pitch("german_female_1", "es"), usual, 0.1 * usual);  // another language's: default
    EXPECT_NEAR(pitch("", "es"), usual, 0.1 * usual);
}

TEST_F(Espeak, SpeaksManyLanguages) {
    const auto languages = spoken_languages();
    ASSERT_TRUE(languages.has_value());
    EXPECT_GT(languages->size(), 80U);
    for (const char* language : {"en", "en-US", "es", "es-419", "ca", "pt-BR", "fr", "de", "zh",
                                 "it", "nl", "pl", "ru", "tr"}) {
        EXPECT_TRUE(synthesizer_->prepare(language, "default").has_value()) << language;
        EXPECT_GT(seconds(speak({.text = "Radio 3.", .language = language})), 0.2) << language;
    }
}

TEST_F(Espeak, RefusesWhatItCannotSay) {
    const auto code = [this](const SynthesisRequest& request) {
        const auto speech = synthesizer_->synthesise(request, {});
        return speech ? ErrorCode{} : speech.error().code();
    };

    EXPECT_EQ(synthesizer_->prepare("zz", "default").error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(synthesizer_->prepare("es", "nobody").error().message(),
                AllOf(HasSubstr("nobody"), HasSubstr("spanish_male_1")));
    EXPECT_EQ(code({.text = "hola", .language = "zz"}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.text = "", .language = "es"}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.text = " \n ", .language = "es"}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.text = std::string(1 << 20, 'a'), .language = "es"}),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.text = "hola", .language = "es", .voice = "default", .speed = 0}),
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.text = "hola", .language = "es", .voice = "default", .speed = std::nan("")}),
              ErrorCode::kInvalidArgument);
}

TEST_F(Espeak, SurvivesBadUtf8) {
    const auto speech =
        synthesizer_->synthesise({.text = "hola \xff\xc3 amigos \xe2\x82", .language = "es"}, {});

    EXPECT_TRUE(speech.has_value());
}

TEST_F(Espeak, StopsWhenAskedAndSpeaksAgain) {
    std::string text;
    while (text.size() < 15'000) {
        text += "Uno dos tres cuatro cinco seis siete ocho. ";
    }
    const double natural = seconds(speak_at(1.0));
    std::stop_source source;
    SteadyTime asked;
    Result<PcmChunk> speech = fail(ErrorCode::kInternal, "not run");
    {
        const std::jthread stopper{[&] {
            asked = std::chrono::steady_clock::now();
            source.request_stop();
        }};
        speech = synthesizer_->synthesise({.text = text, .language = "es"}, source.get_token());
    }

    ASSERT_FALSE(speech.has_value());
    EXPECT_EQ(speech.error().code(), ErrorCode::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);  // 100 ms and a busy machine
    EXPECT_NEAR(seconds(speak_at(1.0)), natural, 0.05);
}

TEST_F(Espeak, WritesPhonemes) {
    auto& library = **EspeakLibrary::instance();
    const auto phonemes = [&](const std::string& text, const std::string& voice) {
        auto written = library.phonemes(text, voice, {});
        return written ? *written : written.error().message();
    };

    EXPECT_EQ(phonemes("hola", "es"), "ˈola");
    EXPECT_EQ(phonemes("hola, hola", "es"), "ˈola ˈola");
    EXPECT_EQ(phonemes("ich", "de"), "ɪç");
    EXPECT_EQ(phonemes("", "es"), "");
    EXPECT_THAT(phonemes("hola", "zz"), HasSubstr("no voice 'zz'"));
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(library.phonemes("hola", "es", stopped.get_token()).error().code(),
              ErrorCode::kCancelled);
    EXPECT_GT(seconds(speak_at(1.0)), 3.0);
}

TEST_F(Espeak, ThreadsTakeTurns) {
    const double spanish = seconds(speak_at(1.0));
    const double german = seconds(speak({.text = "Guten Morgen.", .language = "de"}));
    {
        std::vector<std::jthread> threads;
        threads.reserve(4);
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int round = 0; round < 5; ++round) {
                    if (thread % 2 == 0) {
                        EXPECT_NEAR(seconds(speak_at(1.0)), spanish, 0.05);
                    } else {
                        EXPECT_NEAR(seconds(speak({.text = "Guten Morgen.", .language = "de"})),
                                    german, 0.05);
                    }
                }
            });
        }
    }
}

}  // namespace
}  // namespace livedub::espeak
