// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// What is sent, and when (external contract, 1.14 and 6.5).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

using LinkSending = LinkBench;

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

}  // namespace
}  // namespace livedub::sts_client
