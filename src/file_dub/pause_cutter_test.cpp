// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/pause_cutter.hpp"

#include <gtest/gtest.h>

#include "media/sample_time.hpp"

namespace livedub::file_dub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kMono{.sample_rate_hz = 8'000, .channels = 1};

/// A steady buzz with silence in [from, to).
std::vector<std::int16_t> buzz(milliseconds length,
                               std::vector<std::pair<milliseconds, milliseconds>> pauses) {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(samples_in(length, 8'000)));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const milliseconds at{i / 8};
        bool is_silent = false;
        for (const auto& [from, to] : pauses) {
            is_silent = is_silent || (at >= from && at < to);
        }
        samples[i] = static_cast<std::int16_t>(is_silent ? 0 : (i % 40 < 20 ? 8'000 : -8'000));
    }
    return samples;
}

std::vector<PcmChunk> cut(const std::vector<std::int16_t>& samples, const PcmFormat& format) {
    PauseCutter cutter{format};
    std::vector<PcmChunk> fragments;
    const std::span all{samples};
    for (std::size_t at = 0; at < all.size(); at += 4'000) {
        cutter.put(all.subspan(at, std::min<std::size_t>(4'000, all.size() - at)));
        while (auto fragment = cutter.take()) {
            fragments.push_back(std::move(*fragment));
        }
    }
    cutter.finish();
    while (auto fragment = cutter.take()) {
        fragments.push_back(std::move(*fragment));
    }
    return fragments;
}

TEST(PauseCutter, CutsInThePauses) {
    const auto samples = buzz(seconds{20}, {{milliseconds{4'800}, milliseconds{5'200}},
                                            {milliseconds{12'000}, milliseconds{12'400}}});

    const auto fragments = cut(samples, kMono);

    ASSERT_EQ(fragments.size(), 3U);
    EXPECT_NEAR(static_cast<double>(fragments[0].frames()) / 8'000, 5.0, 0.1);
    EXPECT_NEAR(static_cast<double>(fragments[1].frames()) / 8'000, 7.2, 0.2);
}

TEST(PauseCutter, LosesNoSampleAndLeavesNoGap) {
    const auto samples = buzz(milliseconds{33'337}, {{milliseconds{7'000}, milliseconds{7'300}}});
    const PcmFormat stereo{.sample_rate_hz = 8'000, .channels = 2};

    std::vector<std::int16_t> joined;
    StreamTime expected{};
    for (const auto& fragment : cut(samples, stereo)) {
        EXPECT_EQ(fragment.start(), expected);
        EXPECT_LE(fragment.duration(), seconds{10});
        joined.insert(joined.end(), fragment.samples().begin(), fragment.samples().end());
        expected = sample_time(static_cast<std::int64_t>(joined.size() / 2), 8'000);
    }
    EXPECT_EQ(joined, samples);
}

TEST(PauseCutter, WithoutAPauseItCutsNearTheLikedLength) {
    const auto fragments = cut(buzz(seconds{25}, {}), kMono);

    ASSERT_GE(fragments.size(), 2U);
    EXPECT_NEAR(static_cast<double>(fragments[0].frames()) / 8'000, 6.5, 0.2);
}

TEST(PauseCutter, AShortFileIsOneFragment) {
    EXPECT_EQ(cut(buzz(milliseconds{700}, {}), kMono).size(), 1U);
    EXPECT_TRUE(cut({}, kMono).empty());
}

}  // namespace
}  // namespace livedub::file_dub
