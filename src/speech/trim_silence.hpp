// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A synthesizer surrounds what it says with pauses; the place of a dub is decided elsewhere, so
// they go.

#pragma once

#include <cstdint>
#include <vector>

namespace livedub::speech {

/// Mono samples without the silence at either end, but for at most 10 ms of it. Empty when all is
/// silent.
[[nodiscard]] std::vector<std::int16_t> trim_silence(std::vector<std::int16_t> samples,
                                                     int sample_rate_hz);

}  // namespace livedub::speech
