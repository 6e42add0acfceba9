// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/dub_result.hpp"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

using contract::ResultStatus;
using std::chrono::milliseconds;

const EngineNames kEngines{.recogniser = "ears", .translator = "", .synthesizer = "mouth"};
constexpr milliseconds kLength{6'000};

DubOutcome dubbed() {
    DubOutcome outcome;
    outcome.dub =
        *PcmChunk::make({}, {.sample_rate_hz = 8'000, .channels = 1}, std::vector<std::int16_t>(8));
    outcome.transcript = {{.text = "One.", .start = {}, .end = {}},
                          {.text = "Two.", .start = {}, .end = {}}};
    outcome.translation = {{.text = "Uno. Dos.", .start = {}, .end = {}}};
    outcome.timings = {.recognise = milliseconds{10},
                       .translate = milliseconds{2},
                       .synthesise = milliseconds{30}};
    outcome.speed_ratio = 1.25;
    outcome.speech = milliseconds{4'000};
    return outcome;
}

TEST(DubResult, ADubIsASuccessWithItsWords) {
    const auto result = describe_outcome(dubbed(), kEngines, kLength);

    EXPECT_EQ(result.status, ResultStatus::kSuccess);
    EXPECT_EQ(result.transcript, "One. Two.");
    EXPECT_EQ(result.translated_text, "Uno. Dos.");
    EXPECT_EQ(result.stage_timings.tts, 30);
    EXPECT_FALSE(result.error.has_value());
    ASSERT_TRUE(result.metadata.has_value());
    EXPECT_EQ(result.metadata->original_duration_ms, 6'000);
    EXPECT_DOUBLE_EQ(result.metadata->speed_ratio, 1.25);
    EXPECT_EQ(result.metadata->speech_duration_ms, 4'000);
    EXPECT_EQ(result.metadata->asr_model, "ears");
    EXPECT_FALSE(result.metadata->translation_model.has_value());
    EXPECT_FALSE(result.metadata->no_speech);
}

TEST(DubResult, ATrimmedDubIsPartial) {
    auto outcome = dubbed();
    outcome.is_partial = true;
    outcome.overrun = 0.15;

    const auto result = describe_outcome(outcome, kEngines, kLength);

    EXPECT_EQ(result.status, ResultStatus::kPartial);
    EXPECT_FALSE(result.error.has_value());
    EXPECT_DOUBLE_EQ(result.metadata->duration_variance_percent, 15.0);
}

TEST(DubResult, ADubTrimmedByPolicyNamesWhy) {
    auto outcome = dubbed();
    outcome.is_partial = true;
    outcome.overrun = 0.3;
    outcome.failure = DubFailure{
        .stage = FailureStage::kTts, .code = "DURATION_MISMATCH_EXCEEDED", .is_retryable = false};

    const auto result = describe_outcome(outcome, kEngines, kLength);

    EXPECT_EQ(result.status, ResultStatus::kPartial);
    ASSERT_TRUE(result.error.has_value());
    EXPECT_EQ(result.error->code, "DURATION_MISMATCH_EXCEEDED");
    EXPECT_EQ(result.error->stage, "tts");
}

TEST(DubResult, NobodySpokeIsASuccessWithoutWords) {
    DubOutcome outcome;
    outcome.fallback = FallbackReason::kNoSpeech;

    const auto result = describe_outcome(outcome, kEngines, kLength);

    EXPECT_EQ(result.status, ResultStatus::kSuccess);
    EXPECT_EQ(result.transcript, "");
    EXPECT_EQ(result.translated_text, "");
    EXPECT_TRUE(result.metadata->no_speech);
    EXPECT_EQ(result.metadata->dubbed_duration_ms, 6'000);
    EXPECT_DOUBLE_EQ(result.metadata->speed_ratio, 1.0);
}

TEST(DubResult, SaysWhatWasLeftOutOnPurpose) {
    auto outcome = dubbed();
    outcome.dub.reset();
    outcome.fallback = FallbackReason::kDeadline;
    outcome.failure =
        DubFailure{.stage = FailureStage::kTts, .code = "TIMEOUT", .is_load_shed = true};

    const auto result = describe_outcome(outcome, kEngines, kLength);

    ASSERT_TRUE(result.error.has_value());
    EXPECT_EQ(result.error->code, "TIMEOUT");
    EXPECT_TRUE(result.error->load_shed);
}

TEST(DubResult, AFailureSaysWhatIsKnown) {
    auto outcome = dubbed();
    outcome.dub.reset();
    outcome.translation.clear();
    outcome.fallback = FallbackReason::kTimeout;
    outcome.detail = "translate: no result in 150 ms";
    outcome.failure = DubFailure{.stage = FailureStage::kTranslation, .code = "TIMEOUT"};

    const auto result = describe_outcome(outcome, kEngines, kLength);

    EXPECT_EQ(result.status, ResultStatus::kFailed);
    EXPECT_EQ(result.transcript, "One. Two.");
    EXPECT_FALSE(result.translated_text.has_value());
    EXPECT_FALSE(result.metadata.has_value());
    ASSERT_TRUE(result.error.has_value());
    EXPECT_EQ(result.error->stage, "translation");
    EXPECT_EQ(result.error->code, "TIMEOUT");
    EXPECT_EQ(result.error->message, "translate: no result in 150 ms");
    EXPECT_TRUE(result.error->retryable);
}

TEST(DubResult, ALateOutcomeWithoutAFailureIsATimeout) {
    DubOutcome outcome;
    outcome.fallback = FallbackReason::kDeadline;

    EXPECT_EQ(describe_outcome(outcome, kEngines, kLength).error->code, "TIMEOUT");
}

TEST(DubResult, WhatNobodyExplainsIsAProcessingErrorThatMayBeTriedAgain) {
    DubOutcome outcome;
    outcome.fallback = FallbackReason::kFailed;

    const auto error = describe_outcome(outcome, kEngines, kLength).error;

    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, "PROCESSING_ERROR");
    EXPECT_EQ(error->stage, "pipeline");
    EXPECT_TRUE(error->retryable);
}

}  // namespace
}  // namespace livedub::sts_session
