// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "sound/resample.hpp"

namespace livedub::clips {
namespace {

/// One channel becomes two equal ones, two become their mean.
std::vector<float> mix(const PcmChunk& sound, int channels) {
    const auto& in = sound.samples();
    const auto from = static_cast<std::size_t>(sound.format().channels);
    const auto to = static_cast<std::size_t>(channels);
    std::vector<float> out(sound.frames() * to);
    for (std::size_t frame = 0; frame < sound.frames(); ++frame) {
        for (std::size_t channel = 0; channel < to; ++channel) {
            const auto first = static_cast<float>(in[frame * from + std::min(channel, from - 1)]);
            const float value =
                to < from ? (first + static_cast<float>(in[frame * from + 1])) / 2.0F : first;
            out[frame * to + channel] = value / 32'768.0F;
        }
    }
    return out;
}

}  // namespace

PcmChunk convert(const PcmChunk& sound, const PcmFormat& format) {
    if (sound.format() == format) {
        return sound;
    }
    auto floats = sound::resample(mix(sound, format.channels), format.channels,
                                  sound.format().sample_rate_hz, format.sample_rate_hz);
    LIVEDUB_CHECK(floats.has_value());  // soxr takes every rate a chunk can have
    std::vector<std::int16_t> samples(floats->size());
    std::ranges::transform(*floats, samples.begin(), sound::to_pcm16);
    auto converted = PcmChunk::make(sound.start(), format, std::move(samples));
    LIVEDUB_CHECK(converted.has_value());  // the caller names a format that chunks can have
    return std::move(*converted);
}

}  // namespace livedub::clips
