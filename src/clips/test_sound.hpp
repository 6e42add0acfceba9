// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Sound whose place in time can be measured after it was coded: a chirp, other in each channel.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

inline PcmChunk make_test_sound(const PcmFormat& format, std::size_t frames) {
    std::vector<std::int16_t> samples;
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const double t = static_cast<double>(frame) / format.sample_rate_hz;
        for (int channel = 0; channel < format.channels; ++channel) {
            // From low to 3 kHz in a second, again and again, swelling six times a second.
            const double phase = t - std::floor(t);
            const double sweep = 200.0 * (channel + 1) * phase + 1'400.0 * phase * phase;
            const double level = 0.35 + 0.25 * std::sin(2.0 * std::numbers::pi * 6.0 * t);
            samples.push_back(static_cast<std::int16_t>(32'767.0 * level *
                                                        std::sin(2.0 * std::numbers::pi * sweep)));
        }
    }
    auto chunk = PcmChunk::make({}, format, std::move(samples));
    LIVEDUB_CHECK(chunk.has_value());
    return std::move(*chunk);
}

struct Match {
    double correlation = -1.0;
    int lag = 0;  // frames by which `heard` is late
};

/// The best match of the first channels, looked for a bit further than a frame of AAC.
inline Match find_match(const PcmChunk& original, const PcmChunk& heard) {
    constexpr int kFurthest = 1'200;
    const auto first_channel = [](const PcmChunk& chunk) {
        std::vector<float> mono;
        const auto step = static_cast<std::size_t>(chunk.format().channels);
        for (std::size_t at = 0; at < chunk.samples().size(); at += step) {
            mono.push_back(chunk.samples()[at]);
        }
        return mono;
    };
    const auto before = first_channel(original);
    const auto after = first_channel(heard);
    const int frames = static_cast<int>(std::min(before.size(), after.size())) - kFurthest;
    Match best;
    for (int lag = -kFurthest; lag <= kFurthest; ++lag) {
        double product = 0.0;
        double energy = 1.0;
        double heard_energy = 1.0;
        for (int i = kFurthest; i < frames; i += 3) {
            const double a = before[static_cast<std::size_t>(i)];
            const double b = after[static_cast<std::size_t>(i + lag)];
            product += a * b;
            energy += a * a;
            heard_energy += b * b;
        }
        const double correlation = product / std::sqrt(energy * heard_energy);
        if (correlation > best.correlation) {
            best = {.correlation = correlation, .lag = lag};
        }
    }
    return best;
}

}  // namespace livedub::clips
