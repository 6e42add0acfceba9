// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// Silence, lost sessions, and the breaker (external contract, 1.14 and 6.5).

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

using LinkSilence = LinkBench;
using LinkBreaker = LinkBench;

// Silence -----------------------------------------------------------------------------------------

TEST_F(LinkSilence, NoAnswerInItsTimeIsATimeout) {
    open_ready();
    ask(0, seconds{60});
    pass(milliseconds{7'999});
    EXPECT_TRUE(settled_.empty());
    pass(milliseconds{1});
    EXPECT_EQ(reason_of(0), FallbackReason::kTimeout);
    EXPECT_EQ(outcomes_of(0).at(0).failure->code, "TIMEOUT");
}

TEST_F(LinkSilence, NoAnswerBeforeItIsDueIsTheDeadline) {
    open_ready();
    ask(0, milliseconds{3'000});
    pass(milliseconds{3'000});
    EXPECT_EQ(reason_of(0), FallbackReason::kDeadline);
}

TEST_F(LinkSilence, ItsTimeBeginsWhenItIsSent) {
    open();
    connect();
    ready(1);
    ask(0, seconds{60});
    ask(1, seconds{60});
    pass(seconds{5});
    answer(0);
    pass(milliseconds{7'999});
    EXPECT_TRUE(outcomes_of(1).empty());
    pass(milliseconds{1});
    EXPECT_EQ(reason_of(1), FallbackReason::kTimeout);
}

TEST_F(LinkSilence, ATimeoutGivesItsSlotToTheNext) {
    open();
    connect();
    ready(1);
    ask(0, seconds{60});
    ask(1, seconds{60});
    pass(seconds{8});
    EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(LinkSilence, TwoTimeoutsInARowBeginTheSessionAnew) {
    open_ready();
    ask(0);
    pass(seconds{8});
    EXPECT_EQ(inits_.size(), 1U);
    ask(1);
    pass(seconds{4});
    ask(2);
    pass(seconds{4});
    EXPECT_EQ(reason_of(1), FallbackReason::kTimeout);
    EXPECT_EQ(inits_.size(), 2U);
    EXPECT_EQ(disconnects_, 0);
    EXPECT_EQ(reason_of(2), FallbackReason::kStsNotReady) << "the server has dropped it";
    ask(3);
    ready();
    EXPECT_THAT(sequence(), ElementsAre(0, 1, 2, 0));
    answer(3);
    EXPECT_EQ(reason_of(3), std::nullopt);
    EXPECT_EQ(link_->counts().reconnections, 0U);
}

TEST_F(LinkSilence, AnAnswerBetweenTimeoutsStartsTheCountAnew) {
    open_ready();
    ask(0);
    pass(seconds{8});
    ask(1);
    answer(1);
    ask(2);
    pass(seconds{8});
    EXPECT_EQ(inits_.size(), 1U);
}

TEST_F(LinkSilence, AnAnswerThatComesTooLateDoesNot) {
    open_ready();
    ask(0);
    pass(seconds{8});
    answer(0);
    ask(1);
    pass(seconds{8});
    EXPECT_EQ(inits_.size(), 2U);
}

TEST_F(LinkSilence, AFragmentThatHadHardlyAnyTimeSaysNothingAboutTheServer) {
    open_ready();
    for (std::uint64_t number = 0; number < 6; ++number) {
        ask(number, milliseconds{999});
        pass(milliseconds{999});
    }
    EXPECT_EQ(inits_.size(), 1U);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
}

TEST_F(LinkSilence, ANewSessionThatIsNotAnsweredEndsTheConnection) {
    open_ready();
    ask_many(0, 2);
    pass(seconds{8});
    ASSERT_EQ(inits_.size(), 2U);
    pass(seconds{10});
    EXPECT_EQ(disconnects_, 1);
    pass(seconds{2});
    EXPECT_EQ(connects_, 2);
}

class LostSession : public LinkBench, public testing::WithParamInterface<const char*> {};

TEST_P(LostSession, SaidInAnErrorBeginsANewOne) {
    open_ready();
    ask_many(0, 2);
    say_error(GetParam());
    EXPECT_EQ(inits_.size(), 2U);
    EXPECT_EQ(reason_of(0), FallbackReason::kStsNotReady);
    say_error(GetParam());
    EXPECT_EQ(inits_.size(), 2U) << "the second fragment's refusal is old news";
    ready();
    ask(2);
    EXPECT_THAT(sequence(), ElementsAre(0, 1, 0));
    EXPECT_EQ(link_->counts().breaker_failures, 0U);
}

TEST_P(LostSession, SaidOfAFragmentBeginsANewOne) {
    open_ready();
    ask(0);
    say_error(GetParam(), sent_[0].fragment_id);
    EXPECT_EQ(reason_of(0), FallbackReason::kFailed);
    EXPECT_EQ(inits_.size(), 2U);
}

TEST_P(LostSession, SaidInAResultBeginsANewOne) {
    open_ready();
    ask(0);
    fail(0, GetParam());
    EXPECT_EQ(reason_of(0), FallbackReason::kFailed);
    EXPECT_EQ(inits_.size(), 2U);
    EXPECT_EQ(link_->counts().breaker_failures, 0U);
}

INSTANTIATE_TEST_SUITE_P(Codes, LostSession,
                         testing::Values("STREAM_NOT_FOUND", "STREAM_NOT_READY"),
                         [](const auto& tested) { return std::string{tested.param}; });

// The breaker -------------------------------------------------------------------------------------

TEST_F(LinkBreaker, OpensAfterFiveCountedFailuresAndPlaysTheOriginal) {
    open_ready();
    for (std::uint64_t number = 0; number < 5; ++number) {
        ask(number);
        fail(number, "MODEL_ERROR");
    }
    EXPECT_EQ(link_->breaker_state(), BreakerState::kOpen);
    ask(5);
    EXPECT_EQ(reason_of(5), FallbackReason::kBreakerOpen);
    EXPECT_FALSE(outcomes_of(5).at(0).was_asked);
    EXPECT_EQ(sent_.size(), 5U);
    EXPECT_EQ(link_->counts().breaker_failures, 5U);
    EXPECT_EQ(link_->counts().breaker_fallbacks, 1U);
}

TEST_F(LinkBreaker, OpeningDecidesWhatStillWaits) {
    config_.breaker.threshold = 1;
    open_ready();
    ask_many(0, 5);
    fail(0, "GPU_OOM");
    EXPECT_EQ(reason_of(3), FallbackReason::kBreakerOpen);
    EXPECT_EQ(reason_of(4), FallbackReason::kBreakerOpen);
    answer(1);
    EXPECT_EQ(reason_of(1), std::nullopt) << "what is with the server already may still come";
}

TEST_F(LinkBreaker, WhatIsLeftOutForWantOfTimeIsNotCounted) {
    open_ready();
    for (std::size_t index = 0; index < 10; ++index) {
        ask(index);
        auto message = result(index);
        message.status = contract::ResultStatus::kFailed;
        message.dubbed_audio.reset();
        message.error = contract::ProcessingError{
            .stage = "tts", .code = "TIMEOUT", .message = "skipped", .load_shed = true};
        give(std::move(message));
        EXPECT_EQ(reason_of(index), FallbackReason::kFailed);
    }
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
}

TEST_F(LinkBreaker, OwnTimeoutsCount) {
    config_.breaker.threshold = 2;
    open_ready();
    ask_many(0, 2);
    pass(seconds{8});
    EXPECT_EQ(link_->breaker_state(), BreakerState::kOpen);
}

TEST_F(LinkBreaker, OneProbeAfterThirtySecondsAndADubCloses) {
    config_.breaker.threshold = 1;
    open_ready();
    ask(0);
    fail(0, "TIMEOUT");
    pass(milliseconds{29'999});
    ask(1);
    EXPECT_EQ(reason_of(1), FallbackReason::kBreakerOpen);
    pass(milliseconds{1});
    ask_many(2, 2);
    EXPECT_EQ(sent_.size(), 2U);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kHalfOpen);
    EXPECT_EQ(reason_of(3), FallbackReason::kBreakerOpen) << "the probe is pending";
    answer(1);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
    ask_many(4, 2);
    EXPECT_EQ(sent_.size(), 4U);
}

TEST_F(LinkBreaker, AFailedProbeKeepsItOpen) {
    config_.breaker.threshold = 1;
    open_ready();
    ask(0);
    fail(0, "TIMEOUT");
    pass(seconds{30});
    ask(1);
    fail(1, "TIMEOUT");
    EXPECT_EQ(link_->breaker_state(), BreakerState::kOpen);
    ask(2);
    EXPECT_EQ(reason_of(2), FallbackReason::kBreakerOpen);
}

TEST_F(LinkBreaker, AProbeThatIsLostWithTheConnectionMakesRoomForAnother) {
    config_.breaker.threshold = 1;
    open_ready();
    ask(0);
    fail(0, "TIMEOUT");
    pass(seconds{30});
    ask(1);
    lose();
    pass(seconds{2});
    connect();
    ready();
    ask(2);
    answer(2);
    EXPECT_EQ(reason_of(2), std::nullopt);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
}

TEST_F(LinkBreaker, APartialDubCloses) {
    config_.breaker.threshold = 1;
    open_ready();
    ask_many(0, 2);
    fail(0, "TIMEOUT");
    auto message = result(1);
    message.status = contract::ResultStatus::kPartial;
    give(message);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
}

TEST_F(LinkBreaker, ASuccessWithoutAudioDoesNotClose) {
    config_.breaker.threshold = 1;
    open_ready();
    ask_many(0, 2);
    fail(0, "TIMEOUT");
    auto message = result(1);
    message.dubbed_audio.reset();
    give(message);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kOpen);
}

TEST_F(LinkBreaker, NoSpeechWithAudioCloses) {
    config_.breaker.threshold = 1;
    open_ready();
    ask_many(0, 2);
    fail(0, "TIMEOUT");
    auto message = result(1);
    message.metadata->no_speech = true;
    give(message);
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
}

TEST_F(LinkBreaker, LosingTheConnectionIsNotCounted) {
    config_.breaker.threshold = 1;
    open_ready();
    ask(0);
    lose();
    EXPECT_EQ(link_->breaker_state(), BreakerState::kClosed);
    EXPECT_EQ(link_->counts().breaker_failures, 0U);
}

struct Counted {
    std::string code;
    bool counts;
};
void PrintTo(const Counted& counted, std::ostream* out) {
    *out << counted.code;
}

class BreakerCode : public LinkBench, public testing::WithParamInterface<Counted> {};

TEST_P(BreakerCode, CountsOrNot) {
    config_.breaker.threshold = 1;
    open_ready();
    ask(0);
    fail(0, GetParam().code);
    EXPECT_EQ(reason_of(0), FallbackReason::kFailed);
    EXPECT_EQ(link_->breaker_state(),
              GetParam().counts ? BreakerState::kOpen : BreakerState::kClosed);
}

INSTANTIATE_TEST_SUITE_P(
    All, BreakerCode,
    testing::Values(Counted{"TIMEOUT", true}, Counted{"MODEL_ERROR", true},
                    Counted{"GPU_OOM", true}, Counted{"QUEUE_FULL", true},
                    Counted{"BACKPRESSURE_EXCEEDED", true}, Counted{"RATE_LIMIT", true},
                    Counted{"RATE_LIMIT_EXCEEDED", true}, Counted{"PROCESSING_ERROR", true},
                    Counted{"ASR_FAILED", true}, Counted{"TRANSLATION_FAILED", true},
                    Counted{"TRANSLATION_API_UNAVAILABLE", true},
                    Counted{"TTS_SYNTHESIS_FAILED", true}, Counted{"NEVER_HEARD_OF", true},
                    Counted{"STREAM_NOT_FOUND", false}, Counted{"STREAM_PAUSED", false},
                    Counted{"STREAM_NOT_READY", false}, Counted{"INVALID_CONFIG", false},
                    Counted{"INVALID_AUDIO_FORMAT", false}, Counted{"INVALID_SEQUENCE", false},
                    Counted{"UNSUPPORTED_LANGUAGE", false}, Counted{"MALFORMED_DATA", false},
                    Counted{"FRAGMENT_TOO_LARGE", false},
                    Counted{"DURATION_MISMATCH_EXCEEDED", false}),
    [](const auto& tested) { return tested.param.code; });

}  // namespace
}  // namespace livedub::sts_client
