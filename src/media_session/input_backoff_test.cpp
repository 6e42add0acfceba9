// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/input_backoff.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::seconds;

TEST(InputBackoff, WaitsOneTwoFourAndThenFiveSeconds) {
    InputBackoff backoff;
    for (const int wait : {1, 2, 4, 5, 5, 5}) {
        EXPECT_EQ(backoff.next(), seconds{wait});
    }
}

TEST(InputBackoff, BeginsAnewAfterASuccess) {
    InputBackoff backoff;
    (void)backoff.next();
    (void)backoff.next();
    backoff.succeed();
    EXPECT_EQ(backoff.next(), seconds{1});
    EXPECT_EQ(backoff.next(), seconds{2});
}

}  // namespace
}  // namespace livedub
