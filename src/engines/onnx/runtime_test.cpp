// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::onnx {
namespace {

TEST(Share, LeavesACoreToEverythingElse) {
    for (unsigned cores = 0; cores <= 128; ++cores) {
        const auto share = share_of(cores);
        EXPECT_GE(share.threads, 1) << cores;
        EXPECT_GE(share.runs, 1) << cores;
        EXPECT_EQ(share.threads - 1 + share.runs, std::max(1, static_cast<int>(cores) - 1))
            << cores;
    }
    EXPECT_EQ(share_of(16).threads, 4);
}

TEST(Turns, AreAsManyAsThereAre) {
    Turns turns{2};
    std::stop_source stopped;
    stopped.request_stop();

    EXPECT_FALSE(turns.take(stopped.get_token()));
    EXPECT_TRUE(turns.take({}));
    EXPECT_TRUE(turns.take({}));
    bool was_taken = true;
    {
        const std::jthread third{
            [&](const std::stop_token& stop) { was_taken = turns.take(stop); }};
    }  // ~jthread requests the stop and joins
    EXPECT_FALSE(was_taken);
    turns.give_back();
    EXPECT_TRUE(turns.take({}));
}

TEST(Turns, AreHandedOn) {
    Turns turns{1};
    ASSERT_TRUE(turns.take({}));
    bool was_taken = false;
    {
        std::jthread waiting{[&] { was_taken = turns.take({}); }};
        turns.give_back();
        waiting.join();
    }
    EXPECT_TRUE(was_taken);
}

TEST(Turns, GoToWhoCameFirst) {
    Turns turns{1};
    ASSERT_TRUE(turns.take({}));
    std::atomic<int> before = 0;  // of those who waited, taken so far
    std::vector<std::jthread> waiting;
    std::vector<int> places(4, -1);
    for (std::size_t i = 0; i < places.size(); ++i) {
        waiting.emplace_back([&, i] {
            ASSERT_TRUE(turns.take({}));
            places[i] = before++;
            turns.give_back();
        });
        while (turns.waiting() <= i) {
            std::this_thread::yield();
        }
    }

    turns.give_back();
    EXPECT_TRUE(turns.take({}));  // after all of them, and not before
    EXPECT_EQ(before, 4);
    waiting.clear();

    EXPECT_EQ(places, (std::vector<int>{0, 1, 2, 3}));
}

TEST(Turns, OneThatIsStoppedIsNotWaitedFor) {
    Turns turns{1};
    ASSERT_TRUE(turns.take({}));
    std::jthread first{[&](const std::stop_token& stop) { EXPECT_FALSE(turns.take(stop)); }};
    while (turns.waiting() < 1) {
        std::this_thread::yield();
    }
    std::jthread second{[&] { EXPECT_TRUE(turns.take({})); }};
    while (turns.waiting() < 2) {
        std::this_thread::yield();
    }

    first.request_stop();
    first.join();
    turns.give_back();
    second.join();
}

TEST(IfMemory, SaysThatThereIsNone) {
    const auto none = if_memory([]() -> Result<int> { throw std::bad_alloc{}; });

    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().code(), ErrorCode::kExhausted);
    EXPECT_EQ(if_memory([]() -> Result<int> { return 7; }), 7);
}

}  // namespace
}  // namespace livedub::onnx
