// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/reconnect_schedule.hpp"

#include <gtest/gtest.h>

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kMiddle = 0.5;

TEST(ReconnectSchedule, DoublesFromTwoSecondsToThirtyTwoAndStaysThere) {
    ReconnectSchedule schedule;
    for (const int expected : {2, 4, 8, 16, 32, 32, 32}) {
        EXPECT_EQ(schedule.next(kMiddle), seconds{expected});
    }
}

TEST(ReconnectSchedule, IsExhaustedAfterFiveAttempts) {
    ReconnectSchedule schedule;
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(schedule.is_exhausted());
        (void)schedule.next(kMiddle);
    }
    EXPECT_TRUE(schedule.is_exhausted());
}

TEST(ReconnectSchedule, StartsAnewAfterASuccess) {
    ReconnectSchedule schedule;
    (void)schedule.next(kMiddle);
    (void)schedule.next(kMiddle);
    schedule.succeed();
    EXPECT_EQ(schedule.next(kMiddle), seconds{2});
}

TEST(ReconnectSchedule, StaysWithinTenPercent) {
    ReconnectSchedule schedule;
    EXPECT_EQ(schedule.next(0.0), milliseconds{1'800});
    EXPECT_NEAR(static_cast<double>(schedule.next(0.9999).count()), 4'400.0, 1.0);
}

}  // namespace
}  // namespace livedub::sts_client
