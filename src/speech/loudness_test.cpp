// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/loudness.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "speech/test_signals.hpp"

namespace livedub::speech {
namespace {

constexpr int kRate = 48'000;

MonoSignal spoken_at(double rms_dbfs) {
    return {.sample_rate_hz = kRate,
            .samples = at_level(voice(3 * kRate, kRate, 140, 0), rms_dbfs)};
}

float peak_of(const std::vector<float>& samples) {
    float peak = 0.0F;
    for (const float sample : samples) {
        peak = std::max(peak, std::abs(sample));
    }
    return peak;
}

TEST(Loudness, AStereoSineAtMinus23IsMinus23) {
    // EBU Tech 3341, case 1: 1 kHz in both channels at -23 dBFS peak.
    MonoSignal sine{.sample_rate_hz = kRate, .samples = std::vector<float>(5 * kRate)};
    for (std::size_t i = 0; i < sine.samples.size(); ++i) {
        sine.samples[i] = 0.0708F * static_cast<float>(std::sin(2.0 * std::numbers::pi * 1000.0 *
                                                                static_cast<double>(i) / kRate));
    }

    EXPECT_NEAR(measure_loudness(sine, 2).value_or(0.0), -23.0, 0.1);
}

TEST(Loudness, SilenceHasNone) {
    const MonoSignal silence{.sample_rate_hz = kRate, .samples = std::vector<float>(kRate)};

    EXPECT_FALSE(measure_loudness(silence, 1).has_value());
    EXPECT_FALSE(measure_loudness(MonoSignal{.sample_rate_hz = kRate, .samples = {}}, 1));
}

TEST(Loudness, AShortWordHasOne) {
    const MonoSignal word{.sample_rate_hz = kRate,
                          .samples = at_level(white_noise(kRate / 5, 1), -20)};

    EXPECT_TRUE(measure_loudness(word, 2).has_value());
}

TEST(LoudnessMatcher, TheDubIsAsLoudAsTheOriginal) {
    for (const double level : {-38.0, -30.0, -24.0}) {
        const auto original = measure_loudness(spoken_at(level), 2);
        LoudnessMatcher matcher;
        matcher.listen(original);
        auto dub = spoken_at(-12.0);

        matcher.match(dub, 2);

        EXPECT_NEAR(measure_loudness(dub, 2).value_or(0.0), *original, 0.5);
    }
}

TEST(LoudnessMatcher, NeverClips) {
    LoudnessMatcher matcher;
    matcher.listen(-3.0);  // a clipped original: the target stays sensible
    EXPECT_DOUBLE_EQ(matcher.target_lufs(), -14.0);
    auto dub = spoken_at(-30.0);
    dub.samples[kRate] = 0.9F;  // a click that the gain would lift far over full scale

    matcher.match(dub, 2);

    EXPECT_LE(peak_of(dub.samples), 0.8913F);
}

TEST(LoudnessMatcher, FollowsAStreamWithoutJumps) {
    LoudnessMatcher matcher;
    matcher.listen(-20.0);
    matcher.listen(-30.0);
    EXPECT_NEAR(matcher.target_lufs(), -23.5, 0.01);
    for (int i = 0; i < 12; ++i) {
        matcher.listen(-30.0);
    }
    EXPECT_NEAR(matcher.target_lufs(), -30.0, 0.2);
    matcher.listen(std::nullopt);
    EXPECT_NEAR(matcher.target_lufs(), -30.0, 0.2);
}

TEST(Limiter, LeavesWhatIsQuietAlone) {
    auto samples = at_level(white_noise(kRate, 3), -30);
    const auto before = samples;

    apply_gain_limited(samples, kRate, 1.0F, 0.891F);

    EXPECT_EQ(samples, before);
}

}  // namespace
}  // namespace livedub::speech
