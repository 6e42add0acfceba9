// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// The fragments' half: what is sent when, what each answer means, and every reason of the external
// contract's section 6.5 that arises here.

#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

using LinkSending = LinkBench;
using LinkAnswers = LinkBench;
using LinkSilence = LinkBench;
using LinkBreaker = LinkBench;

// What is sent ------------------------------------------------------------------------------------

TEST_F(LinkSending, AFragmentSaysWhatItIs) {
    open_ready();
    ask(3);
    ASSERT_EQ(sent_.size(), 1U);
    const auto& data = sent_[0];
    EXPECT_EQ(data.fragment_id, "id-0");
    EXPECT_EQ(data.stream_id, "cam");
    EXPECT_EQ(data.sequence_number, 0) << "it counts what is sent, not what is cut";
    EXPECT_EQ(data.timestamp, 1'700'000'000'000);
    EXPECT_EQ(data.pts_ns, 300'000'000);
    EXPECT_EQ(data.metadata, R"({"pts_ns":300000000})");
    EXPECT_EQ(data.audio.format, "m4a");
    EXPECT_EQ(data.audio.sample_rate_hz, 8'000);
    EXPECT_EQ(data.audio.channels, 1);
    EXPECT_EQ(data.audio.duration_ms, 100);
    EXPECT_EQ(data.audio.data, "clip bytes");
    EXPECT_FALSE(data.audio.is_binary);
}

TEST_F(LinkSending, BytesTravelAsAttachmentsOnlyWhenGranted) {
    open();
    connect();
    ready(3, true);
    ask(0);
    EXPECT_TRUE(sent_.at(0).audio.is_binary);
    config_.wants_binary = false;
    open();
    connect();
    ready(3, true);
    ask(0);
    EXPECT_FALSE(sent_.at(1).audio.is_binary);
}

TEST_F(LinkSending, ThreeAreOutstandingAndTheFourthWaitsForASlot) {
    open_ready();
    ask_many(0, 4);
    EXPECT_EQ(sent_.size(), 3U);
    pass(seconds{5});
    EXPECT_TRUE(settled_.empty()) << "it waits, it is not dropped";
    answer(1);
    EXPECT_THAT(sequence(), ElementsAre(0, 1, 2, 3));
}

TEST_F(LinkSending, AServerMayAllowLess) {
    open();
    connect();
    ready(1);
    ask_many(0, 2);
    EXPECT_EQ(sent_.size(), 1U);
    answer(0);
    EXPECT_EQ(sent_.size(), 2U);
}

TEST_F(LinkSending, AServerThatAllowsMoreStillGetsThree) {
    open();
    connect();
    ready(10);
    ask_many(0, 5);
    EXPECT_EQ(sent_.size(), 3U);
}

TEST_F(LinkSending, NumbersHaveNoHolesWhenFragmentsAreNeverSent) {
    open();
    connect();
    ready(1);
    ask(0);
    ask(1, milliseconds{500});
    pass(milliseconds{500});
    EXPECT_EQ(reason_of(1), FallbackReason::kInflightLimit);
    answer(0);
    ask(2);
    EXPECT_THAT(sequence(), ElementsAre(0, 1));
}

TEST_F(LinkSending, ASlotThatComesTooLateIsLeftToTheNext) {
    open();
    connect();
    ready(1);
    ask(0);
    ask(1, milliseconds{500});
    ask(2);
    pass(milliseconds{301});
    answer(0);
    EXPECT_EQ(reason_of(1), FallbackReason::kInflightLimit);
    EXPECT_THAT(sequence(), ElementsAre(0, 1));
    answer(1);
    EXPECT_EQ(reason_of(2), std::nullopt);
}

TEST_F(LinkSending, AFragmentWithHardlyAnyTimeLeftIsNotSent) {
    open_ready();
    ask(0, milliseconds{199});
    EXPECT_EQ(reason_of(0), FallbackReason::kDeadline);
    EXPECT_TRUE(sent_.empty());
    ask(1, milliseconds{200});
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(LinkSending, AnAckFromTheServerIsNeverNeeded) {
    open_ready();  // and none is ever given here
    ask_many(0, 3);
    answer(0);
    answer(1);
    answer(2);
    ask(3);
    EXPECT_EQ(sent_.size(), 4U);
}

TEST_F(LinkSending, TheyLeaveInOrderHoweverLongEachTakesToPrepare) {
    open_ready();
    hold_prepares_ = true;
    ask_many(0, 2);
    ASSERT_EQ(prepares_.size(), 2U);
    link_->prepared(1, "b");
    EXPECT_TRUE(link_->take_actions().empty());
    link_->prepared(0, "a");
    const auto actions = link_->take_actions();
    ASSERT_EQ(actions.size(), 2U);
    const auto& first = std::get<action::Send>(actions[0]);
    EXPECT_EQ(std::get<contract::FragmentData>(first.message).audio.data, "a");
}

TEST_F(LinkSending, AFragmentThatCannotBePreparedIsASendError) {
    open_ready();
    hold_prepares_ = true;
    ask_many(0, 2);
    link_->prepared(0, livedub::fail(ErrorCode::kInternal, "no encoder"));
    link_->prepared(1, "b");
    for (auto& action : link_->take_actions()) {
        if (const auto* settle = std::get_if<action::Settle>(&action)) {
            EXPECT_EQ(settle->outcome.fallback, FallbackReason::kSendError);
            EXPECT_EQ(settle->outcome.detail, "no encoder");
        } else {
            const auto& send = std::get<action::Send>(action);
            EXPECT_EQ(std::get<contract::FragmentData>(send.message).sequence_number, 0);
        }
    }
}

TEST_F(LinkSending, AFragmentPreparedTooLateMissedItsDeadline) {
    open_ready();
    hold_prepares_ = true;
    ask(0);
    pass(kToDeadline);
    EXPECT_EQ(reason_of(0), FallbackReason::kDeadline);
    link_->prepared(0, "late");
    EXPECT_TRUE(link_->take_actions().empty());
}

TEST_F(LinkSending, PauseHoldsSendsUntilNone) {
    open_ready();
    say_backpressure("pause", 2'000);
    ask(0);
    pass(seconds{8});
    EXPECT_TRUE(sent_.empty());
    EXPECT_TRUE(settled_.empty());
    say_backpressure("none");
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(LinkSending, PauseEndsAfterThirtySeconds) {
    open_ready();
    say_backpressure("pause");
    ask(0, seconds{60});
    pass(milliseconds{29'999});
    EXPECT_TRUE(sent_.empty());
    pass(milliseconds{1});
    EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(LinkSending, AFragmentDueDuringAPauseIsBackpressurePause) {
    open_ready();
    say_backpressure("pause");
    ask(0);
    pass(kToDeadline);
    EXPECT_EQ(reason_of(0), FallbackReason::kBackpressurePause);
    EXPECT_TRUE(sent_.empty());
}

TEST_F(LinkSending, SlowDownDelaysTheNextSend) {
    open_ready();
    say_backpressure("slow_down", 500);
    ask(0);
    pass(milliseconds{499});
    EXPECT_TRUE(sent_.empty());
    pass(milliseconds{1});
    EXPECT_EQ(sent_.size(), 1U);
    ask(1);
    EXPECT_EQ(sent_.size(), 2U) << "only the next one";
}

TEST_F(LinkSending, BackpressureIsCounted) {
    open_ready();
    say_backpressure("slow_down", 1);
    say_backpressure("pause");
    say_backpressure("none");
    say_backpressure("none");
    EXPECT_EQ(link_->counts().told_slow_down, 1U);
    EXPECT_EQ(link_->counts().told_pause, 1U);
    EXPECT_EQ(link_->counts().told_none, 2U);
}

TEST_F(LinkSending, MoreThanAnyDelayLineHoldsIsRefused) {
    open();
    ask_many(0, 33);
    EXPECT_EQ(reason_of(32), FallbackReason::kInflightLimit);
    EXPECT_EQ(settled_.size(), 1U);
}

// What comes back ---------------------------------------------------------------------------------

TEST_F(LinkAnswers, ADubFillsTheSlotAndIsAppliedOnce) {
    open_ready();
    ask(2);
    pass(milliseconds{700});
    answer(0);
    ASSERT_EQ(reason_of(2), std::nullopt);
    const auto outcome = outcomes_of(2).at(0);
    EXPECT_EQ(outcome.dub->start(), StreamTime{milliseconds{200}});
    EXPECT_EQ(outcome.dub->frames(), kFrames);
    EXPECT_NE(outcome.clip, nullptr);
    EXPECT_EQ(outcome.total, milliseconds{700});
    EXPECT_THAT(acks_of("id-0"), ElementsAre("applied"));
}

TEST_F(LinkAnswers, ItsWordsArePhrasesOverTheFragment) {
    open_ready();
    ask(2);
    answer(0);
    const auto outcome = outcomes_of(2).at(0);
    ASSERT_EQ(outcome.transcript.size(), 1U);
    EXPECT_EQ(outcome.transcript[0].text, "good evening");
    EXPECT_EQ(outcome.transcript[0].start, StreamTime{milliseconds{200}});
    EXPECT_EQ(outcome.transcript[0].end, StreamTime{milliseconds{300}});
    ASSERT_EQ(outcome.translation.size(), 1U);
    EXPECT_EQ(outcome.translation[0].text, "buenas noches");
    EXPECT_EQ(outcome.timings.recognise, milliseconds{100});
    EXPECT_EQ(outcome.timings.translate, milliseconds{20});
    EXPECT_EQ(outcome.timings.synthesise, milliseconds{30});
}

TEST_F(LinkAnswers, APartialDubIsPlayedAndSaysSo) {
    open_ready();
    ask(0);
    auto message = result(0);
    message.status = contract::ResultStatus::kPartial;
    auto& numbers = *message.metadata;
    numbers.original_duration_ms = 100;
    numbers.dubbed_duration_ms = 115;
    numbers.duration_variance_percent = 15.0;
    numbers.speed_ratio = 1.4;
    numbers.speech_duration_ms = 80;
    give(message);
    EXPECT_EQ(reason_of(0), std::nullopt);
    const auto outcome = outcomes_of(0).at(0);
    EXPECT_TRUE(outcome.is_partial);
    EXPECT_DOUBLE_EQ(outcome.overrun, 0.15);
    EXPECT_DOUBLE_EQ(outcome.speed_ratio, 1.4);
    EXPECT_EQ(outcome.speech, milliseconds{80});
}

TEST_F(LinkAnswers, OutOfOrderIsFine) {
    open_ready();
    ask_many(0, 3);
    answer(2);
    answer(0);
    answer(1);
    for (std::uint64_t number = 0; number < 3; ++number) {
        EXPECT_EQ(reason_of(number), std::nullopt);
    }
}

TEST_F(LinkAnswers, AFailedOneSaysCodeAndMessage) {
    open_ready();
    ask(0);
    fail(0, "TTS_SYNTHESIS_FAILED");
    EXPECT_EQ(reason_of(0), FallbackReason::kFailed);
    const auto outcome = outcomes_of(0).at(0);
    EXPECT_EQ(outcome.detail, "TTS_SYNTHESIS_FAILED: it broke");
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->stage, FailureStage::kTts);
    EXPECT_EQ(outcome.failure->code, "TTS_SYNTHESIS_FAILED");
    EXPECT_TRUE(outcome.failure->is_retryable);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, AFailedOneWithoutAnErrorIsAProcessingError) {
    open_ready();
    ask(0);
    auto message = result(0);
    message.status = contract::ResultStatus::kFailed;
    give(message);
    EXPECT_EQ(outcomes_of(0).at(0).failure->code, "PROCESSING_ERROR");
}

TEST_F(LinkAnswers, WhatAServerSaysStaysOneShortLine) {
    open_ready();
    ask(0);
    auto message = result(0);
    message.status = contract::ResultStatus::kFailed;
    message.error = contract::ProcessingError{.stage = {},
                                              .code = "ASR_FAILED",
                                              .message = "a\nb\x1b" + std::string(5'000, 'c'),
                                              .retryable = false};
    give(message);
    const auto detail = outcomes_of(0).at(0).detail;
    EXPECT_TRUE(detail.starts_with("ASR_FAILED: a b ccc"));
    EXPECT_EQ(detail.size(), 300U);
}

TEST_F(LinkAnswers, WithoutAudioIsNoAudioInResult) {
    open_ready();
    ask_many(0, 2);
    auto message = result(0);
    message.dubbed_audio.reset();
    give(message);
    EXPECT_EQ(reason_of(0), FallbackReason::kNoAudioInResult);
    message = result(1);
    message.status = contract::ResultStatus::kPartial;
    message.dubbed_audio->data.clear();
    give(message);
    EXPECT_EQ(reason_of(1), FallbackReason::kNoAudioInResult);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, BytesThatAreNoSoundAreUndecodable) {
    open_ready();
    hold_decodes_ = true;
    ask(0);
    answer(0);
    EXPECT_TRUE(acks_.empty());
    finish_decoding(false);
    EXPECT_EQ(reason_of(0), FallbackReason::kUndecodableResult);
    EXPECT_EQ(outcomes_of(0).at(0).detail, "no audio in it");
    EXPECT_EQ(outcomes_of(0).at(0).clip, nullptr);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, NoSpeechPlaysTheOriginal) {
    open_ready();
    ask(0);
    auto message = result(0);
    message.metadata->no_speech = true;
    message.transcript = "";
    give(message);
    EXPECT_EQ(reason_of(0), FallbackReason::kNoSpeech);
    EXPECT_TRUE(outcomes_of(0).at(0).transcript.empty());
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, NoSpeechPlaysTheResultWhenSilenceIsWanted) {
    config_.no_speech = NoSpeechAudio::kSilence;
    open_ready();
    ask(0);
    auto message = result(0);
    message.metadata->no_speech = true;
    give(message);
    EXPECT_EQ(reason_of(0), std::nullopt);
}

TEST_F(LinkAnswers, ADuplicateIsAcknowledgedAndIgnored) {
    open_ready();
    ask(0);
    answer(0);
    answer(0);
    EXPECT_EQ(settled_.size(), 1U);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("applied", "received"));
    EXPECT_TRUE(late_.empty());
}

TEST_F(LinkAnswers, ADuplicateWhileTheFirstIsDecodedIsIgnored) {
    open_ready();
    hold_decodes_ = true;
    ask(0);
    answer(0);
    answer(0);
    EXPECT_EQ(decodes_.size(), 1U);
    finish_decoding();
    EXPECT_EQ(reason_of(0), std::nullopt);
}

TEST_F(LinkAnswers, AnUnknownOneIsAcknowledgedAndIgnored) {
    open_ready();
    ask(0);
    auto message = result(0);
    message.fragment_id = "somebody else's";
    give(message);
    EXPECT_TRUE(settled_.empty());
    EXPECT_THAT(acks_of("somebody else's"), ElementsAre("received"));
}

TEST_F(LinkAnswers, ALateOneIsKeptNotPlayed) {
    open_ready();
    ask(4);
    pass(seconds{8});
    ASSERT_EQ(reason_of(4), FallbackReason::kTimeout);
    answer(0);
    EXPECT_EQ(settled_.size(), 1U);
    ASSERT_EQ(late_.size(), 1U);
    EXPECT_EQ(late_[0].number, 4U);
    EXPECT_NE(late_[0].clip, nullptr);
    answer(0);
    EXPECT_EQ(late_.size(), 1U) << "once";
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received", "received"));
}

TEST_F(LinkAnswers, ALateOneThatFailedIsNotKept) {
    open_ready();
    ask(0);
    pass(seconds{8});
    fail(0, "TIMEOUT");
    EXPECT_TRUE(late_.empty());
    EXPECT_EQ(settled_.size(), 1U);
}

TEST_F(LinkAnswers, OneDecodedAfterTheDeadlineIsKeptNotPlayed) {
    open_ready();
    hold_decodes_ = true;
    ask(0, milliseconds{500});
    answer(0);
    pass(milliseconds{500});
    EXPECT_EQ(reason_of(0), FallbackReason::kDeadline);
    finish_decoding();
    EXPECT_EQ(settled_.size(), 1U);
    EXPECT_EQ(late_.size(), 1U);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, AnErrorAboutAFragmentFailsItAtOnce) {
    open_ready();
    ask_many(0, 2);
    say_error("QUEUE_FULL", sent_[1].fragment_id, "warning");
    EXPECT_EQ(reason_of(1), FallbackReason::kFailed);
    EXPECT_EQ(outcomes_of(1).at(0).detail, "QUEUE_FULL: said so");
    fail(1, "QUEUE_FULL");  // the result slot of the same refusal
    EXPECT_EQ(outcomes_of(1).size(), 1U);
    EXPECT_EQ(link_->counts().breaker_failures, 1U);
    EXPECT_THAT(acks_of("id-1"), ElementsAre("received"));
}

TEST_F(LinkAnswers, AWarningAboutAGapCostsNothing) {
    open_ready();
    ask(0);
    say_error("INVALID_SEQUENCE", sent_[0].fragment_id, "warning");
    answer(0);
    EXPECT_EQ(reason_of(0), std::nullopt);
}

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
