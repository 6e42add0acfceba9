// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/reorder_buffer.hpp"

#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

SteadyTime at(int ms) {
    return SteadyTime{} + milliseconds{ms};
}

class ReorderBufferTest : public testing::Test {
  protected:
    void insert(std::int64_t number) { buffer_.insert(number, Slot{}); }
    void finish(std::int64_t number, int ms) { buffer_.find(number)->finish({}, at(ms)); }
    std::vector<std::int64_t> take_all() {
        std::vector<std::int64_t> taken;
        while (const auto leaving = buffer_.take()) {
            taken.push_back(leaving->number);
        }
        return taken;
    }

    ReorderBuffer buffer_{milliseconds{100}};
};

TEST_F(ReorderBufferTest, ResultsLeaveInOrder) {
    for (const int n : {2, 0, 1}) {
        insert(n);
        finish(n, 0);
    }

    EXPECT_THAT(take_all(), ElementsAre(0, 1, 2));
    EXPECT_EQ(buffer_.next(), 3);
    EXPECT_TRUE(buffer_.is_behind(2));
    EXPECT_FALSE(buffer_.is_behind(3));
}

TEST_F(ReorderBufferTest, NobodyWaitsWhileTheHeadIsWorkedOn) {
    insert(0);
    insert(2);
    finish(2, 0);

    EXPECT_FALSE(buffer_.gap_deadline().has_value());
    EXPECT_EQ(buffer_.skip_overdue(at(1'000)).count, 0);
    EXPECT_THAT(take_all(), IsEmpty());
}

TEST_F(ReorderBufferTest, AMissingNumberIsWaitedForOnceAResultIsHeld) {
    insert(1);
    EXPECT_FALSE(buffer_.gap_deadline().has_value());
    finish(1, 50);

    EXPECT_EQ(buffer_.gap_deadline(), at(150));
    EXPECT_EQ(buffer_.skip_overdue(at(149)).count, 0);
    EXPECT_THAT(buffer_.skip_overdue(at(150)).numbers, ElementsAre(0));
    EXPECT_THAT(take_all(), ElementsAre(1));
}

TEST_F(ReorderBufferTest, AllHolesBeforeAnOverdueResultAreSkippedAtOnce) {
    insert(2);  // still worked on
    insert(5);
    finish(5, 0);

    const auto skipped = buffer_.skip_overdue(at(100));

    EXPECT_THAT(skipped.numbers, ElementsAre(0, 1, 3, 4));
    EXPECT_EQ(buffer_.next(), 2);
    EXPECT_TRUE(buffer_.is_behind(3));
    EXPECT_FALSE(buffer_.is_behind(6));
    finish(2, 200);
    EXPECT_THAT(take_all(), ElementsAre(2, 5));
}

TEST_F(ReorderBufferTest, OnlySoManyMissingNumbersAreNamed) {
    insert(1'000'000'000);
    finish(1'000'000'000, 0);

    const auto skipped = buffer_.skip_missing();

    EXPECT_EQ(skipped.count, 1'000'000'000);
    EXPECT_EQ(skipped.numbers.size(), SkippedNumbers::kMostNamed);
    EXPECT_THAT(take_all(), ElementsAre(1'000'000'000));
}

TEST_F(ReorderBufferTest, RefusedFragmentsAreNotOutstanding) {
    insert(0);
    Slot refused;
    refused.origin = SessionStatistics::Origin::kRefused;
    buffer_.insert(1, refused);
    finish(1, 0);

    EXPECT_EQ(buffer_.outstanding(), 1U);
    EXPECT_EQ(buffer_.held(), 1U);
}

}  // namespace
}  // namespace livedub::sts_session
