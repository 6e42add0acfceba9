// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// The connection's half: opening, losing, reopening, refusing, closing (external contract, 1.14).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

using LinkConnection = LinkBench;

TEST_F(LinkConnection, ConnectsAtOnceWhenTheFormatIsKnown) {
    open();
    EXPECT_EQ(connects_, 1);
}

TEST_F(LinkConnection, ConnectsWithTheFirstFragmentWhenItIsNot) {
    options_.format = {};
    open();
    EXPECT_EQ(connects_, 0);
    ask(0);
    EXPECT_EQ(connects_, 1);
    connect();
    ASSERT_EQ(inits_.size(), 1U);
    EXPECT_EQ(inits_[0].sample_rate_hz, 8'000);
    EXPECT_EQ(inits_[0].channels, 1);
}

TEST_F(LinkConnection, SaysEverythingInInit) {
    config_.worker_id = "worker-7";
    options_ = {.stream_id = "cam",
                .source_language = "de",
                .target_language = "pt-BR",
                .voice = "anna",
                .domain_hints = {"sports", "news"},
                .format = {44'100, 2},
                .segment = milliseconds{2'000},
                .sts_timeout = milliseconds{5'000}};
    open();
    connect();
    ASSERT_EQ(inits_.size(), 1U);
    const auto& init = inits_[0];
    EXPECT_EQ(init.dialect, contract::Dialect::kNested);
    EXPECT_EQ(init.stream_id, "cam");
    EXPECT_EQ(init.worker_id, "worker-7");
    EXPECT_EQ(init.source_language, "de");
    EXPECT_EQ(init.target_language, "pt-BR");
    EXPECT_EQ(init.voice_profile, "anna");
    EXPECT_EQ(init.chunk_duration_ms, 2'000);
    EXPECT_EQ(init.sample_rate_hz, 44'100);
    EXPECT_EQ(init.channels, 2);
    EXPECT_EQ(init.format, "m4a");
    EXPECT_THAT(init.domain_hints, ElementsAre("sports", "news"));
    EXPECT_TRUE(init.binary);
    EXPECT_EQ(init.max_inflight, 3);
    EXPECT_EQ(init.timeout_ms, 5'000);
}

TEST_F(LinkConnection, AsksForNoMoreThanPeersGrant) {
    options_.segment = seconds{30};
    options_.sts_timeout = seconds{120};
    config_.wants_binary = false;
    open();
    connect();
    EXPECT_EQ(inits_[0].chunk_duration_ms, 6'000);
    EXPECT_EQ(inits_[0].timeout_ms, 30'000);
    EXPECT_FALSE(inits_[0].binary);
}

TEST_F(LinkConnection, NamesTheRateOfTheClipsThatItSends) {
    options_.format = {96'000, 2};  // no rate of AAC clips
    open();
    connect();
    EXPECT_EQ(inits_[0].sample_rate_hz, 48'000);
}

TEST_F(LinkConnection, NothingLeavesBeforeTheSessionIsReady) {
    open();
    ask(0);
    connect();
    EXPECT_TRUE(sent_.empty());
    ready();
    EXPECT_EQ(sent_.size(), 1U);
    EXPECT_TRUE(link_->is_ready());
}

TEST_F(LinkConnection, NoReadyInTenSecondsIsNotReadyAndTriedAgain) {
    open();
    connect();
    ask(0, seconds{60});
    pass(milliseconds{9'999});
    EXPECT_TRUE(settled_.empty());
    pass(milliseconds{1});
    EXPECT_EQ(reason_of(0), FallbackReason::kStsNotReady);
    EXPECT_EQ(disconnects_, 1);
    pass(seconds{2});
    EXPECT_EQ(connects_, 2);
}

TEST_F(LinkConnection, AServerThatIsNotThereIsNotReady) {
    open();
    ask(0);
    lose();
    EXPECT_EQ(reason_of(0), FallbackReason::kStsNotReady);
    ask(1);
    EXPECT_EQ(reason_of(1), FallbackReason::kStsNotReady) << "not at once while it waits to retry";
    EXPECT_FALSE(outcomes_of(1).at(0).was_asked);
}

TEST_F(LinkConnection, AFragmentDueWhileTheFirstConnectionIsBeingMadeIsNotReady) {
    open();
    ask(0, milliseconds{500});
    pass(milliseconds{500});
    EXPECT_EQ(reason_of(0), FallbackReason::kStsNotReady);
}

TEST_F(LinkConnection, LosingTheConnectionDecidesEverythingAtOnce) {
    open_ready();
    ask_many(0, 5);
    ASSERT_EQ(sent_.size(), 3U);
    lose();
    for (std::uint64_t number = 0; number < 5; ++number) {
        EXPECT_EQ(reason_of(number), FallbackReason::kStsDisconnected);
    }
    ask(5);
    EXPECT_EQ(reason_of(5), FallbackReason::kStsDisconnected);
    EXPECT_FALSE(link_->is_ready());
}

TEST_F(LinkConnection, ADubThatIsHereAlreadySurvivesTheConnection) {
    open_ready();
    hold_decodes_ = true;
    ask(0);
    answer(0);
    lose();
    EXPECT_TRUE(settled_.empty());
    finish_decoding();
    EXPECT_EQ(reason_of(0), std::nullopt);
    EXPECT_TRUE(acks_.empty()) << "there is nobody to acknowledge it to";
}

TEST_F(LinkConnection, AFragmentDueWhileReconnectingIsDisconnected) {
    open_ready();
    lose();
    pass(seconds{2});
    ASSERT_EQ(connects_, 2);
    ask(0, milliseconds{500});
    pass(milliseconds{500});
    EXPECT_EQ(reason_of(0), FallbackReason::kStsDisconnected);
}

TEST_F(LinkConnection, AfterReconnectingInitAndNumbersBeginAnew) {
    open_ready();
    ask_many(0, 2);
    lose();
    pass(seconds{2});
    connect();
    EXPECT_EQ(inits_.size(), 2U);
    ready();
    ask_many(2, 2);
    EXPECT_THAT(sequence(), ElementsAre(0, 1, 0, 1)) << "nothing is sent twice";
    EXPECT_EQ(link_->counts().reconnections, 1U);
}

TEST_F(LinkConnection, RetriesAfterTwoFourEightSixteenAndThenAlwaysThirtyTwoSeconds) {
    open();
    lose();
    int expected = 1;
    for (const int wait : {2, 4, 8, 16, 32, 32, 32}) {
        pass(seconds{wait} - milliseconds{1});
        EXPECT_EQ(connects_, expected) << "before " << wait << " s";
        pass(milliseconds{1});
        EXPECT_EQ(connects_, ++expected) << "after " << wait << " s";
        lose();
    }
    EXPECT_EQ(give_ups_, 0);
}

TEST_F(LinkConnection, AServiceThatIsBackIsTriedAtOnce) {
    open();
    lose();
    pass(seconds{2});
    lose();
    EXPECT_EQ(watches_, 2);
    come_back();
    EXPECT_EQ(connects_, 3) << "2 s of the 4 were left";
    lose();
    pass(milliseconds{7'999});
    EXPECT_EQ(connects_, 3) << "the series of waits goes on";
    pass(milliseconds{1});
    EXPECT_EQ(connects_, 4);
}

TEST_F(LinkConnection, AServiceThatIsBackChangesNothingForALinkThatDoesNotWait) {
    open_ready();
    come_back();
    EXPECT_EQ(connects_, 1);
    stop();
    come_back();
    EXPECT_EQ(connects_, 1);
}

TEST_F(LinkConnection, NobodyWatchesForAServiceThatRefuses) {
    open();
    lose(ErrorCode::kProtocol, "invalid API key");
    EXPECT_EQ(watches_, 0);
}

TEST_F(LinkConnection, WaitsAreSpreadByTenPercent) {
    random_ = 0.0;
    open();
    lose();
    pass(milliseconds{1'800});
    EXPECT_EQ(connects_, 2);
}

TEST_F(LinkConnection, ASessionEndsTheSeriesOfRetries) {
    open();
    lose();
    pass(seconds{2});
    lose();
    pass(seconds{4});
    connect();
    ready();
    lose();
    pass(seconds{2});
    EXPECT_EQ(connects_, 4);
}

TEST_F(LinkConnection, AConnectionWithoutASessionDoesNotEndTheSeries) {
    open();
    lose();
    pass(seconds{2});
    connect();
    lose();
    pass(milliseconds{3'999});
    EXPECT_EQ(connects_, 2);
    pass(milliseconds{1});
    EXPECT_EQ(connects_, 3);
}

TEST_F(LinkConnection, GivesUpAfterTheFifthFailedRetryWhenToldTo) {
    config_.when_exhausted = WhenExhausted::kStop;
    open();
    lose();
    for (const int wait : {2, 4, 8, 16, 32}) {
        EXPECT_EQ(give_ups_, 0);
        pass(seconds{wait});
        lose();
    }
    EXPECT_EQ(give_ups_, 1);
    pass(seconds{600});
    EXPECT_EQ(connects_, 6);
    ask(0);
    EXPECT_EQ(reason_of(0), FallbackReason::kStsNotReady);
}

TEST_F(LinkConnection, ARefusedConnectionIsRejected) {
    open();
    ask(0);
    lose(ErrorCode::kProtocol, "AUTH_FAILED");
    EXPECT_EQ(reason_of(0), FallbackReason::kInitRejected);
    EXPECT_EQ(outcomes_of(0).at(0).detail, "AUTH_FAILED");
    ask(1);
    EXPECT_EQ(reason_of(1), FallbackReason::kInitRejected);
    pass(seconds{2});
    EXPECT_EQ(connects_, 2);
}

class Refusal : public LinkBench, public testing::WithParamInterface<const char*> {};

TEST_P(Refusal, OfInitIsRejectedAndTriedAgain) {
    open();
    ask(0);
    connect();
    say_error(GetParam());
    EXPECT_EQ(reason_of(0), FallbackReason::kInitRejected);
    EXPECT_EQ(outcomes_of(0).at(0).detail, std::string{GetParam()} + ": said so");
    EXPECT_EQ(disconnects_, 1);
    ask(1);
    EXPECT_EQ(reason_of(1), FallbackReason::kInitRejected);
    pass(seconds{2});
    EXPECT_EQ(connects_, 2);
}

INSTANTIATE_TEST_SUITE_P(Codes, Refusal,
                         testing::Values("INVALID_CONFIG", "INVALID_VOICE_PROFILE",
                                         "UNSUPPORTED_LANGUAGE", "RATE_LIMIT", "MODEL_ERROR",
                                         "SOMETHING_NEW"),
                         [](const auto& tested) { return std::string{tested.param}; });

TEST_F(LinkConnection, WhatIsSaidOfOldFragmentsRefusesNoSession) {
    open();
    connect();
    say_error("STREAM_NOT_FOUND");
    say_error("INVALID_CONFIG", "some fragment");
    EXPECT_EQ(disconnects_, 0);
    ready();
    EXPECT_TRUE(link_->is_ready());
}

TEST_F(LinkConnection, StopSaysEndAndWaitsForComplete) {
    open_ready();
    stop();
    ASSERT_EQ(ends_.size(), 1U);
    EXPECT_EQ(ends_[0].stream_id, "cam");
    pass(seconds{9});
    EXPECT_EQ(disconnects_, 0);
    link_->on_complete();
    const auto actions = link_->take_actions();
    ASSERT_EQ(actions.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<action::Disconnect>(actions[0]));
    EXPECT_TRUE(std::holds_alternative<action::Finish>(actions[1]));
}

TEST_F(LinkConnection, StopWaitsTenSecondsForComplete) {
    open_ready();
    stop();
    pass(milliseconds{9'999});
    EXPECT_EQ(finishes_, 0);
    pass(milliseconds{1});
    EXPECT_EQ(disconnects_, 1);
    EXPECT_EQ(finishes_, 1);
    EXPECT_FALSE(link_->next_wake());
}

TEST_F(LinkConnection, StopForgetsWhatIsOutstandingAndStillAcknowledges) {
    open_ready();
    ask_many(0, 4);
    stop();
    answer(0);
    pass(seconds{9});
    EXPECT_TRUE(settled_.empty());
    EXPECT_THAT(acks_of("id-0"), ElementsAre("received"));
    ask(9);
    EXPECT_TRUE(settled_.empty());
    EXPECT_EQ(sent_.size(), 3U);
}

TEST_F(LinkConnection, StopWithoutASessionEndsAtOnce) {
    open();
    ask(0);
    stop();
    EXPECT_TRUE(ends_.empty());
    EXPECT_TRUE(settled_.empty());
    EXPECT_EQ(disconnects_, 1);
    EXPECT_EQ(finishes_, 1);
}

TEST_F(LinkConnection, StopWhileWaitingToRetryEndsAtOnce) {
    open();
    lose();
    stop();
    EXPECT_EQ(finishes_, 1);
    pass(seconds{60});
    EXPECT_EQ(connects_, 1);
}

TEST_F(LinkConnection, AConnectionLostWhileEndingIsTheEnd) {
    open_ready();
    stop();
    lose();
    EXPECT_EQ(finishes_, 1);
    pass(seconds{60});
    EXPECT_EQ(connects_, 1);
}

}  // namespace
}  // namespace livedub::sts_client
