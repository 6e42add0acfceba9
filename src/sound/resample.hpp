// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic on samples that needs a library: changing the rate. Pure functions on memory.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace livedub::sound {

/// Changes the rate with soxr at high quality. The number of frames is the old one times the ratio,
/// rounded; sound stays where it was in time.
///
/// @param interleaved Whole frames of `channels` samples, full scale +/-1.
///
/// Errors: kInternal when soxr refuses.
[[nodiscard]] Result<std::vector<float>> resample(std::span<const float> interleaved, int channels,
                                                  int from_hz, int to_hz);

/// Rounds and saturates.
[[nodiscard]] std::int16_t to_pcm16(float sample) noexcept;

}  // namespace livedub::sound
