// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/trial.hpp"

#include <gtest/gtest.h>

#include "speech/fake_engines.hpp"

namespace livedub::doctor {
namespace {

using namespace std::chrono_literals;

TEST(Trial, WarmsUpAndThenMeasuresEachRun) {
    int calls = 0;

    const auto cost = time_runs([&]() -> Result<void> {
        ++calls;
        return {};
    });

    ASSERT_TRUE(cost.has_value());
    EXPECT_EQ(calls, 1 + kRuns);
    EXPECT_EQ(cost->sample, kSampleLength);
    EXPECT_LE(cost->wall, cost->worst);
}

TEST(Trial, EndsAtTheFirstFailure) {
    for (const int bad : {1, 2}) {
        int calls = 0;

        const auto cost = time_runs([&]() -> Result<void> {
            if (++calls == bad) {
                return fail(ErrorCode::kUnavailable, "broken");
            }
            return {};
        });

        ASSERT_FALSE(cost.has_value());
        EXPECT_EQ(cost.error().message(), "broken");
        EXPECT_EQ(calls, bad);
    }
}

TEST(Trial, TakesAsLongAsTheEngine) {
    speech::FakeRecognition script{.takes = 5ms};
    const speech::FakeTranscriptionModel model{script};
    const auto session = model.open_session({});
    speech::FakeSynthesizer::Script voice;
    speech::FakeSynthesizer synthesizer{voice};
    const auto sample = speak_sample(synthesizer, "en");
    ASSERT_TRUE(sample.has_value());

    const auto cost = try_recogniser(**session, *sample);

    ASSERT_TRUE(cost.has_value());
    EXPECT_GE(cost->wall, 5ms);
    EXPECT_EQ(script.calls, 1 + kRuns);
}

TEST(Trial, SpeaksASampleOfSixSecondsHoweverLongTheSentence) {
    for (const auto natural : {2'000ms, 9'000ms}) {
        speech::FakeSynthesizer::Script voice{.natural = natural};
        speech::FakeSynthesizer synthesizer{voice};

        const auto sample = speak_sample(synthesizer, "en");

        ASSERT_TRUE(sample.has_value());
        EXPECT_EQ(sample->format(), speech::kRecognitionFormat);
        EXPECT_EQ(sample->duration(), StreamDuration{6s});
    }
}

TEST(Trial, TriesTheOtherStagesWithTheirLanguages) {
    speech::FakeTranslator translator;
    speech::FakeSynthesizer::Script voice;
    speech::FakeSynthesizer synthesizer{voice};

    EXPECT_TRUE(try_translator(translator, {.source = "en", .target = "es"}).has_value());
    EXPECT_TRUE(try_synthesizer(synthesizer, {.text = std::string{kSampleText}, .language = "es"})
                    .has_value());
    EXPECT_GE(voice.calls, 1 + kRuns);
}

}  // namespace
}  // namespace livedub::doctor
