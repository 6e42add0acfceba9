// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sound/resample.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace livedub::sound {
namespace {

TEST(Resample, KeepsTheChannelsApart) {
    std::vector<float> stereo(std::size_t{2} * 44'100);
    for (std::size_t i = 0; i < stereo.size() / 2; ++i) {
        stereo[2 * i] = 0.5F * static_cast<float>(std::sin(2.0 * std::numbers::pi * 440.0 *
                                                           static_cast<double>(i) / 44'100));
    }

    const auto out = resample(stereo, 2, 44'100, 16'000);

    ASSERT_TRUE(out.has_value());
    ASSERT_EQ(out->size(), std::size_t{2} * 16'000);
    double left = 0.0;
    double right = 0.0;
    for (std::size_t i = 0; i < out->size(); i += 2) {
        left += (*out)[i] * (*out)[i];
        right += (*out)[i + 1] * (*out)[i + 1];
    }
    EXPECT_NEAR(std::sqrt(left / 16'000), 0.5 / std::numbers::sqrt2, 0.005);
    EXPECT_LT(std::sqrt(right / 16'000), 1e-6);
}

TEST(Resample, TheSameRateChangesNothing) {
    const std::vector<float> in{0.1F, 0.2F, 0.3F};

    EXPECT_EQ(*resample(in, 1, 8'000, 8'000), in);
    EXPECT_TRUE(resample({}, 2, 8'000, 48'000)->empty());
}

TEST(Resample, FullScaleSaturates) {
    EXPECT_EQ(to_pcm16(1.5F), 32'767);
    EXPECT_EQ(to_pcm16(-1.5F), -32'768);
    EXPECT_EQ(to_pcm16(0.5F), 16'384);
}

}  // namespace
}  // namespace livedub::sound
