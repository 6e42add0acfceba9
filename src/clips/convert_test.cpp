// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

TEST(Convert, KeepsStartAndDuration) {
    const StreamTime start{std::chrono::seconds{5}};
    const auto base = make_test_sound({.sample_rate_hz = 44'100, .channels = 2}, 44'100);
    const auto sound = *PcmChunk::make(start, base.format(), base.samples());

    const auto out = convert(sound, {.sample_rate_hz = 16'000, .channels = 1});

    EXPECT_EQ(out.start(), start);
    EXPECT_EQ(out.frames(), 16'000U);
    EXPECT_EQ(out.format(), (PcmFormat{.sample_rate_hz = 16'000, .channels = 1}));
}

TEST(Convert, ThereAndBackIsTheSameSoundInTheSamePlace) {
    const auto sound = make_test_sound({.sample_rate_hz = 48'000, .channels = 1}, 48'000);

    const auto back =
        convert(convert(sound, {.sample_rate_hz = 22'050, .channels = 2}), sound.format());

    ASSERT_EQ(back.frames(), sound.frames());
    const auto match = find_match(sound, back);
    EXPECT_GT(match.correlation, 0.999);
    EXPECT_EQ(match.lag, 0);
}

TEST(Convert, ChannelsAreDoubledOrAveraged) {
    const PcmFormat mono{.sample_rate_hz = 8'000, .channels = 1};
    const PcmFormat stereo{.sample_rate_hz = 8'000, .channels = 2};
    const auto one = *PcmChunk::make({}, mono, {100, -200});
    const auto two = *PcmChunk::make({}, stereo, {100, 300, -32'768, -32'768});

    EXPECT_EQ(convert(one, stereo).samples(), (std::vector<std::int16_t>{100, 100, -200, -200}));
    EXPECT_EQ(convert(two, mono).samples(), (std::vector<std::int16_t>{200, -32'768}));
    EXPECT_EQ(convert(two, stereo), two);
}

TEST(Convert, NothingStaysNothing) {
    const auto none = *PcmChunk::make({}, {.sample_rate_hz = 8'000, .channels = 1}, {});

    EXPECT_EQ(convert(none, {.sample_rate_hz = 48'000, .channels = 2}).frames(), 0U);
}

}  // namespace
}  // namespace livedub::clips
