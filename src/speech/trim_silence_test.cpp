// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/trim_silence.hpp"

#include <gtest/gtest.h>

namespace livedub::speech {
namespace {

TEST(TrimSilence, KeepsTenMillisecondsAtEitherEnd) {
    std::vector<std::int16_t> samples(16'000, 3);
    samples[4000] = 2000;
    samples[8000] = -2000;

    const auto trimmed = trim_silence(samples, 16'000);

    ASSERT_EQ(trimmed.size(), 160U + 4001U + 160U);
    EXPECT_EQ(trimmed[160], 2000);
    EXPECT_EQ(trimmed[160 + 4000], -2000);
}

TEST(TrimSilence, AddsNothingWhereThereIsNoSilence) {
    const std::vector<std::int16_t> samples{500, 0, 500};

    EXPECT_EQ(trim_silence(samples, 16'000), samples);
}

TEST(TrimSilence, LeavesNothingOfSilence) {
    EXPECT_TRUE(trim_silence(std::vector<std::int16_t>(1000, 0), 16'000).empty());
    EXPECT_TRUE(trim_silence({}, 16'000).empty());
}

}  // namespace
}  // namespace livedub::speech
