// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/outbox.hpp"

#include <atomic>
#include <latch>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::segments {
namespace {

DubOutcome outcome(std::uint64_t number) {
    DubOutcome made;
    made.fragment = number;
    return made;
}

TEST(Outbox, DeliversOneAtATimeFromManyThreads) {
    std::atomic<int> inside{0};
    std::atomic<int> most_inside{0};
    std::atomic<int> delivered{0};
    Outbox outbox{[&](const DubOutcome&) {
        most_inside = std::max(most_inside.load(), ++inside);
        ++delivered;
        --inside;
    }};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (std::uint64_t n = 0; n < 500; ++n) {
                    outbox.deliver(outcome(n));
                }
            });
        }
    }
    outbox.close();

    EXPECT_EQ(delivered, 2'000);
    EXPECT_EQ(most_inside, 1);
}

TEST(Outbox, ADeliveryFromWithinOneComesAfterIt) {
    std::vector<std::uint64_t> order;
    Outbox* self = nullptr;
    Outbox outbox{[&](const DubOutcome& given) {
        if (given.fragment == 1) {
            self->deliver(outcome(2));
        }
        order.push_back(given.fragment);
    }};
    self = &outbox;

    outbox.deliver(outcome(1));

    EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 2}));
}

TEST(Outbox, IsSilentOnceClosed) {
    int calls = 0;
    Outbox outbox{[&](const DubOutcome&) { ++calls; }};
    outbox.close();

    outbox.deliver(outcome(1));

    EXPECT_EQ(calls, 0);
}

TEST(Outbox, MayGoOnceItIsClosed) {
    for (int round = 0; round < 100; ++round) {
        std::latch is_inside{1};
        auto outbox = std::make_unique<Outbox>([&](const DubOutcome&) { is_inside.count_down(); });
        const std::jthread thread{[delivering = outbox.get()] { delivering->deliver(outcome(1)); }};
        is_inside.wait();

        outbox->close();
        outbox.reset();  // the thread may still be on its way out of deliver()
    }
}

}  // namespace
}  // namespace livedub::segments
