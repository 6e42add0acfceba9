// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/coding_pool.hpp"

#include <future>

#include <gtest/gtest.h>

namespace livedub::sts_client {
namespace {

TEST(CodingPool, RunsWhatItIsGiven) {
    CodingPool pool{2, 4};
    std::promise<int> done;
    ASSERT_TRUE(pool.try_submit([&done] { done.set_value(7); }));
    EXPECT_EQ(done.get_future().get(), 7);
}

TEST(CodingPool, RefusesWhenTooManyWaitAndNeverDropsWhatItTook) {
    std::promise<void> gate;
    const auto opened = gate.get_future().share();
    std::promise<void> began;
    std::promise<void> last_ran;
    CodingPool pool{1, 2};
    ASSERT_TRUE(pool.try_submit([&began, opened] {
        began.set_value();
        opened.wait();
    }));
    began.get_future().wait();  // it runs: it does not wait any more
    int ran = 0;
    EXPECT_TRUE(pool.try_submit([&ran] { ++ran; }));
    EXPECT_TRUE(pool.try_submit([&ran, &last_ran] {
        ++ran;
        last_ran.set_value();
    }));
    EXPECT_FALSE(pool.try_submit([] { FAIL() << "it was refused"; }));
    gate.set_value();
    last_ran.get_future().wait();
    EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace livedub::sts_client
