// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// What each answer means (external contract, 1.14 and 6.5).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

using LinkAnswers = LinkBench;

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
    EXPECT_TRUE(outcomes_of(0).at(0).is_alone);
    EXPECT_TRUE(outcomes_of(0).at(0).was_asked);
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
    EXPECT_EQ(link_->counts().late_results, 1U);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received", "received"));
}

TEST_F(LinkAnswers, ALateOneThatFailedIsNotKept) {
    open_ready();
    ask(0);
    pass(seconds{8});
    fail(0, "TIMEOUT");
    EXPECT_TRUE(late_.empty());
    EXPECT_EQ(link_->counts().late_results, 0U) << "there is no dub that could have played";
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
    EXPECT_EQ(link_->counts().late_results, 1U);
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
}

TEST_F(LinkAnswers, OneDecodedAfterTheGoodbyeIsKeptAndCounted) {
    open_ready();
    hold_decodes_ = true;
    ask(0);
    answer(0);
    stop();
    finish_decoding();
    EXPECT_EQ(late_.size(), 1U);
    EXPECT_EQ(link_->counts().late_results, 1U);
}

TEST_F(LinkAnswers, NothingFollowsTheEndOfTheLink) {
    open_ready();
    hold_decodes_ = true;
    ask(0);
    answer(0);
    stop();
    link_->on_complete();
    finish_decoding();
    EXPECT_TRUE(late_.empty());
    EXPECT_EQ(link_->counts().late_results, 0U) << "who counts them may be gone";
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

}  // namespace
}  // namespace livedub::sts_client
