// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "clips/clip.hpp"

namespace livedub::clips {
namespace {

TEST(ClipFormat, NamesGoBothWays) {
    for (const auto format : {ClipFormat::kM4a, ClipFormat::kAdts, ClipFormat::kWav,
                              ClipFormat::kPcmS16, ClipFormat::kPcmF32}) {
        EXPECT_EQ(*parse_clip_format(to_string(format)), format);
    }
    EXPECT_EQ(*parse_clip_format("mp4"), ClipFormat::kM4a);
    EXPECT_EQ(*parse_clip_format("aac"), ClipFormat::kAdts);
}

TEST(ClipFormat, RefusesOthers) {
    for (const auto* const name : {"", "M4A", "mp3", "pcm", "wav "}) {
        EXPECT_EQ(parse_clip_format(name).error().code(), ErrorCode::kInvalidArgument) << name;
    }
    EXPECT_LT(parse_clip_format(std::string(10'000, 'x')).error().message().size(), 200U);
}

struct RateCase {
    int given;
    int nearest;
};

class NearestClipRate : public testing::TestWithParam<RateCase> {};

TEST_P(NearestClipRate, IsOneOfSeven) {
    EXPECT_EQ(nearest_clip_rate(GetParam().given), GetParam().nearest);
}

INSTANTIATE_TEST_SUITE_P(All, NearestClipRate,
                         testing::Values(RateCase{0, 8'000}, RateCase{8'000, 8'000},
                                         RateCase{11'025, 8'000}, RateCase{12'001, 16'000},
                                         RateCase{22'050, 22'050}, RateCase{44'100, 44'100},
                                         RateCase{96'000, 48'000}, RateCase{192'000, 48'000}));

}  // namespace
}  // namespace livedub::clips
