// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/progress_text.hpp"

#include <gtest/gtest.h>

namespace livedub::models {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1U << 20U;

TEST(PullProgressText, SaysShareSpeedAndTimeLeft) {
    EXPECT_EQ(
        progress_line({.done = 50 * kMiB, .total = 200 * kMiB}, {.bytes = 50 * kMiB, .spent = 10s}),
        " 25 %  50.0 MiB of 200.0 MiB   5.0 MiB/s   30 s left");
    EXPECT_EQ(progress_line({.done = 50 * kMiB, .total = 2'000 * kMiB},
                            {.bytes = 50 * kMiB, .spent = 10s}),
              "  2 %  50.0 MiB of 2.0 GiB   5.0 MiB/s   7 min left");
}

TEST(PullProgressText, CountsWhatWasThereBeforeForTheShareAlone) {
    EXPECT_EQ(progress_line({.done = 150 * kMiB, .total = 200 * kMiB},
                            {.bytes = 10 * kMiB, .spent = 10s}),
              " 75 %  150.0 MiB of 200.0 MiB   1.0 MiB/s   50 s left");
}

TEST(PullProgressText, DoesWithoutATotal) {
    EXPECT_EQ(progress_line({.done = 3 * kMiB, .total = {}}, {.bytes = 3 * kMiB, .spent = 1s}),
              "3.0 MiB   3.0 MiB/s");
    EXPECT_EQ(percent_done({.done = 3, .total = {}}), std::nullopt);
    EXPECT_EQ(percent_done({.done = 0, .total = 0}), std::nullopt);
}

TEST(PullProgressText, AtTheVeryBeginningPromisesNothing) {
    EXPECT_EQ(progress_line({.done = 0, .total = kMiB}, {}),
              "  0 %  0 bytes of 1.0 MiB   0 bytes/s");
}

TEST(PullProgressText, TheBarHasOneWidth) {
    const auto half = progress_bar({.done = kMiB, .total = 2 * kMiB}, {.bytes = kMiB, .spent = 1s});
    const auto full =
        progress_bar({.done = 2 * kMiB, .total = 2 * kMiB}, {.bytes = kMiB, .spent = 1s});

    EXPECT_TRUE(half.starts_with("[==========>         ]  50 %")) << half;
    EXPECT_TRUE(full.starts_with("[====================] 100 %")) << full;
    EXPECT_EQ(half.size(), 78U);
    EXPECT_EQ(full.size(), 78U);
    EXPECT_EQ(percent_done({.done = 3 * kMiB, .total = 2 * kMiB}), 100);
}

}  // namespace
}  // namespace livedub::models
