// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "base/bounded_queue.hpp"

#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace livedub {
namespace {

TEST(BoundedQueue, HandsValuesOverInOrder) {
    BoundedQueue<int> queue{4};
    std::vector<int> received;

    std::jthread consumer{[&](const std::stop_token& stop) {
        while (auto value = queue.pop(stop)) {
            received.push_back(*value);
        }
    }};
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(queue.push(int{i}, {}), PushStatus::kAccepted);
    }
    queue.close();
    consumer.join();

    std::vector<int> sent(1000);
    std::iota(sent.begin(), sent.end(), 0);
    EXPECT_EQ(received, sent);
}

TEST(BoundedQueue, EvictsTheOldestAndHandsItBack) {
    BoundedQueue<std::unique_ptr<int>> queue{2};
    EXPECT_EQ(queue.push_evicting(std::make_unique<int>(1)), std::nullopt);
    EXPECT_EQ(queue.push_evicting(std::make_unique<int>(2)), std::nullopt);

    const auto evicted = queue.push_evicting(std::make_unique<int>(3));

    ASSERT_TRUE(evicted.has_value());
    EXPECT_EQ(**evicted, 1);
    EXPECT_EQ(queue.size(), 2U);
}

TEST(BoundedQueue, CloseLetsTheConsumerDrain) {
    BoundedQueue<int> queue{2};
    ASSERT_EQ(queue.push(7, {}), PushStatus::kAccepted);

    queue.close();

    EXPECT_EQ(queue.push(8, {}), PushStatus::kClosed);
    EXPECT_EQ(queue.pop({}), 7);
    EXPECT_EQ(queue.pop({}), std::nullopt);
}

TEST(BoundedQueue, StopWakesAProducerWaitingForRoom) {
    BoundedQueue<int> queue{1};
    ASSERT_EQ(queue.push(1, {}), PushStatus::kAccepted);
    auto status = PushStatus::kAccepted;

    {
        const std::jthread producer{
            [&](const std::stop_token& stop) { status = queue.push(2, stop); }};
    }  // ~jthread requests the stop and joins

    EXPECT_EQ(status, PushStatus::kStopped);
    EXPECT_EQ(queue.size(), 1U);
}

TEST(BoundedQueue, PopUntilGivesUpAtItsTimeAndTakesWhatIsThere) {
    BoundedQueue<int> queue{1};

    EXPECT_EQ(queue.pop_until(SystemClock{}.now(), {}), std::nullopt);
    ASSERT_EQ(queue.push(7, {}), PushStatus::kAccepted);
    EXPECT_EQ(queue.pop_until(SystemClock{}.now(), {}), 7);
}

}  // namespace
}  // namespace livedub
