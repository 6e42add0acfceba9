// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "net/io_thread.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace livedub::net {
namespace {

TEST(IoThread, CallRunsThereAndReturns) {
    IoThread io;

    const bool was_there = io.call([&] { return io.is_current(); });

    EXPECT_TRUE(was_there);
    EXPECT_FALSE(io.is_current());
}

TEST(IoThread, CallFromItselfDoesNotWait) {
    IoThread io;

    EXPECT_EQ(io.call([&] { return io.call([] { return 7; }); }), 7);
}

TEST(IoThread, SurvivesAHandlerThatThrows) {
    IoThread io;

    io.post([] { throw std::runtime_error{"escaped"}; });

    EXPECT_EQ(io.call([] { return 1; }), 1);
}

TEST(IoThread, StartsAndStopsAThousandTimes) {
    for (int i = 0; i < 1000; ++i) {
        IoThread io;
        io.post([] {});
    }
}

}  // namespace
}  // namespace livedub::net
