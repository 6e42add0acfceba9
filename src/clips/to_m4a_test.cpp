// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/to_m4a.hpp"

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

constexpr PcmFormat kMono{.sample_rate_hz = 16'000, .channels = 1};

ClipBytes clip_of(ClipFormat format) {
    return std::make_shared<const std::string>(*encode_clip(make_test_sound(kMono, 8'000), format));
}

TEST(ToM4a, Mp4StaysTheSameBytes) {
    const auto clip = clip_of(ClipFormat::kM4a);

    EXPECT_EQ(*to_m4a(clip, {}), clip);
}

TEST(ToM4a, AdtsAndSoundBecomeMp4) {
    for (const ClipOrSound& from :
         {ClipOrSound{clip_of(ClipFormat::kAdts)}, ClipOrSound{make_test_sound(kMono, 8'000)}}) {
        const auto clip = to_m4a(from, {});

        ASSERT_TRUE(clip.has_value());
        EXPECT_EQ(sniff_clip(**clip), ClipFormat::kM4a);
    }
}

TEST(ToM4a, AnUnusualRateBecomesTheNearest) {
    const auto clip =
        to_m4a(make_test_sound({.sample_rate_hz = 96'000, .channels = 2}, 96'000), {});

    ASSERT_TRUE(clip.has_value());
    const auto sound = decode_clip(**clip, {})->sound;
    EXPECT_EQ(sound.format(), (PcmFormat{.sample_rate_hz = 48'000, .channels = 2}));
    EXPECT_EQ(sound.frames(), 48'000U);
}

TEST(ToM4a, RefusesTheRest) {
    for (const auto& clip :
         {ClipBytes{}, clip_of(ClipFormat::kWav), std::make_shared<const std::string>("text")}) {
        EXPECT_EQ(to_m4a(clip, {}).error().code(), ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace livedub::clips
