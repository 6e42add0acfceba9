// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/placement.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace livedub::speech {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kStereo{.sample_rate_hz = 8'000, .channels = 2};

PcmChunk two_seconds() {
    return *PcmChunk::make(StreamTime{seconds{5}}, kStereo, std::vector<std::int16_t>(32'000));
}

MonoSignal steady(std::size_t size) {
    return {.sample_rate_hz = 8'000, .samples = std::vector<float>(size, 0.5F)};
}

/// The first and one past the last frame that is not silent.
std::pair<std::size_t, std::size_t> sounding(const PcmChunk& chunk) {
    std::size_t first = chunk.frames();
    std::size_t last = 0;
    for (std::size_t frame = 0; frame < chunk.frames(); ++frame) {
        if (chunk.samples()[frame * 2] != 0) {
            first = std::min(first, frame);
            last = frame + 1;
        }
    }
    return {first, last};
}

TEST(Placement, FillsExactlyTheSlot) {
    const auto dub = place(steady(4'000), two_seconds(), milliseconds{500});

    ASSERT_TRUE(dub.has_value());
    EXPECT_EQ(dub->start(), StreamTime{seconds{5}});
    EXPECT_EQ(dub->format(), kStereo);
    EXPECT_EQ(dub->frames(), 16'000U);
}

TEST(Placement, BeginsWithTheSpeaker) {
    const auto dub = place(steady(4'000), two_seconds(), milliseconds{500});

    EXPECT_EQ(sounding(*dub), std::make_pair(std::size_t{4'001}, std::size_t{7'999}));
}

TEST(Placement, BeginsEarlierRatherThanBeingCut) {
    const auto dub = place(steady(12'000), two_seconds(), milliseconds{1'500});

    EXPECT_EQ(sounding(*dub), std::make_pair(std::size_t{4'001}, std::size_t{15'999}));
}

TEST(Placement, BothChannelsAreTheSameAndEdgesFade) {
    const auto dub = place(steady(4'000), two_seconds(), {});

    for (std::size_t frame = 0; frame < dub->frames(); ++frame) {
        ASSERT_EQ(dub->samples()[frame * 2], dub->samples()[frame * 2 + 1]);
    }
    EXPECT_NEAR(dub->samples()[std::size_t{32} * 2], 8'192, 300);  // half way up after 4 ms
    EXPECT_EQ(dub->samples()[std::size_t{100} * 2], 16'384);
}

TEST(Placement, RefusesWhatDoesNotFit) {
    EXPECT_FALSE(place(steady(16'001), two_seconds(), {}).has_value());
    EXPECT_FALSE(place({.sample_rate_hz = 16'000, .samples = {}}, two_seconds(), {}).has_value());
}

}  // namespace
}  // namespace livedub::speech
