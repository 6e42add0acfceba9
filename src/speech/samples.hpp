// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Between PCM as it travels (16 bit, one or two channels) and what signal processing works on: one
// channel of floats, full scale +/-1.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::speech {

/// One channel of floats at a stated rate.
struct MonoSignal {
    int sample_rate_hz = 0;
    std::vector<float> samples;

    [[nodiscard]] double seconds() const noexcept {
        return static_cast<double>(samples.size()) / sample_rate_hz;
    }
};

/// The mean of all channels.
[[nodiscard]] MonoSignal mix_down(const PcmChunk& chunk);

/// Rounds and saturates; every channel of `channels` gets the same samples.
[[nodiscard]] std::vector<std::int16_t> to_pcm16(std::span<const float> mono, int channels);

/// Changes the rate with soxr at high quality. The length is the old one times the ratio, rounded.
///
/// Errors: kInternal when soxr refuses.
[[nodiscard]] Result<MonoSignal> resample(MonoSignal signal, int to_hz);

/// Mixed down, at the recogniser's rate, at the same place of the timeline.
///
/// Errors: kInternal as resample().
[[nodiscard]] Result<PcmChunk> to_recognition_format(const PcmChunk& chunk);

/// A second without a sound, in the recogniser's format: what one can be tried with.
[[nodiscard]] PcmChunk second_of_silence();

}  // namespace livedub::speech
