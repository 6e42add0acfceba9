// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/raw_pcm.hpp"

#include <bit>
#include <cstring>
#include <limits>

#include <gtest/gtest.h>

namespace livedub::clips {
namespace {

using std::chrono::milliseconds;

constexpr PcmFormat kMono16{.sample_rate_hz = 16'000, .channels = 1};
constexpr PcmFormat kStereo48{.sample_rate_hz = 48'000, .channels = 2};

struct Case {
    const char* name;
    std::size_t bytes;
    ClipFormat format;
    PcmFormat said;
    milliseconds duration;
    PcmFormat taken;
    std::size_t frames;
    bool is_wrong;
};

class RawPcm : public testing::TestWithParam<Case> {};

TEST_P(RawPcm, BelievesTheBytesBeforeTheLabel) {
    const auto& c = GetParam();

    const auto clip = decode_clip(std::string(c.bytes, '\0'),
                                  {.format = c.format, .pcm = c.said, .duration = c.duration});

    ASSERT_TRUE(clip.has_value()) << clip.error().message();
    EXPECT_EQ(clip->sound.format(), c.taken);
    EXPECT_EQ(clip->sound.frames(), c.frames);
    EXPECT_EQ(clip->is_label_wrong, c.is_wrong);
    EXPECT_EQ(clip->format, c.format);
}

INSTANTIATE_TEST_SUITE_P(
    All, RawPcm,
    testing::Values(Case{"True", 192'000, ClipFormat::kPcmS16, kStereo48, milliseconds{1000},
                         kStereo48, 48'000, false},
                    Case{"TrueWithoutDuration", 192'000, ClipFormat::kPcmS16, kStereo48,
                         milliseconds{0}, kStereo48, 48'000, false},
                    Case{"TrueFloat", 384'000, ClipFormat::kPcmF32, kStereo48, milliseconds{1000},
                         kStereo48, 48'000, false},
                    Case{"ReallyMono16", 32'000, ClipFormat::kPcmS16, kStereo48, milliseconds{1000},
                         kMono16, 16'000, true},
                    Case{"ReallyMono16Float", 64'000, ClipFormat::kPcmF32, kStereo48,
                         milliseconds{1000}, kMono16, 16'000, true},
                    Case{"HalfAFrameIsMono16", 32'002, ClipFormat::kPcmS16, kStereo48,
                         milliseconds{0}, kMono16, 16'001, true},
                    Case{"NearlyTheStatedDuration", 192'000, ClipFormat::kPcmS16, kStereo48,
                         milliseconds{1030}, kStereo48, 48'000, false},
                    Case{"FitsNeither", 100'000, ClipFormat::kPcmS16, kStereo48, milliseconds{9000},
                         kStereo48, 25'000, true},
                    Case{"CutWithinASample", 32'001, ClipFormat::kPcmS16, kMono16,
                         milliseconds{1000}, kMono16, 16'000, true},
                    Case{"TooLongIsCut", 16'000 * 2 * 130, ClipFormat::kPcmS16, kMono16,
                         milliseconds{0}, kMono16, 16'000 * 120, false}),
    [](const auto& test) { return test.param.name; });

TEST(RawPcm, RefusesWhatIsNoSound) {
    const ClipLabel label{.format = ClipFormat::kPcmS16, .pcm = kMono16};

    EXPECT_FALSE(decode_clip("", label).has_value());
    EXPECT_FALSE(decode_clip("x", label).has_value());
    EXPECT_FALSE(decode_clip("abcd", {.format = ClipFormat::kPcmS16, .pcm = {}}).has_value());
    EXPECT_FALSE(decode_clip("abcd", {.format = ClipFormat::kPcmS16,
                                      .pcm = {.sample_rate_hz = 100, .channels = 1}})
                     .has_value());
}

TEST(RawPcm, StrangeFloatsAreHarmless) {
    const float strange[]{std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity(), -1e30F, 0.5F};
    std::string bytes(sizeof strange, '\0');
    std::memcpy(bytes.data(), strange, sizeof strange);

    const auto clip = decode_clip(bytes, {.format = ClipFormat::kPcmF32, .pcm = kMono16});

    ASSERT_TRUE(clip.has_value());
    EXPECT_EQ(clip->sound.samples(), (std::vector<std::int16_t>{0, 32'767, -32'768, 16'384}));
}

TEST(RawPcm, SamplesThatBeginLikeAdtsStaySamples) {
    std::string bytes(32'000, '\x11');
    bytes[0] = '\xff';
    bytes[1] = '\xf1';

    const auto clip = decode_clip(bytes, {.format = ClipFormat::kPcmS16, .pcm = kMono16});

    ASSERT_TRUE(clip.has_value());
    EXPECT_EQ(clip->format, ClipFormat::kPcmS16);
    EXPECT_EQ(clip->sound.frames(), 16'000U);
}

}  // namespace
}  // namespace livedub::clips
