// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sound/resample.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>
#include <soxr.h>

namespace livedub::sound {

Result<std::vector<float>> resample(std::span<const float> interleaved, int channels, int from_hz,
                                    int to_hz) {
    if (from_hz == to_hz || interleaved.empty()) {
        return std::vector<float>{interleaved.begin(), interleaved.end()};
    }
    const auto width = static_cast<std::size_t>(channels);
    const auto frames = interleaved.size() / width;
    const auto length = static_cast<std::size_t>(
        std::lround(static_cast<double>(frames) * to_hz / static_cast<double>(from_hz)));
    std::vector<float> out(length * width);
    const auto quality = soxr_quality_spec(SOXR_HQ, 0);
    std::size_t done = 0;
    const auto* const error =
        soxr_oneshot(from_hz, to_hz, static_cast<unsigned>(channels), interleaved.data(), frames,
                     nullptr, out.data(), length, &done, nullptr, &quality, nullptr);
    if (error != nullptr) {
        return fail(ErrorCode::kInternal,
                    fmt::format("resample {} Hz to {} Hz: {}", from_hz, to_hz, error));
    }
    return out;
}

std::int16_t to_pcm16(float sample) noexcept {
    return static_cast<std::int16_t>(
        std::clamp(std::round(sample * 32768.0F), -32768.0F, 32767.0F));
}

}  // namespace livedub::sound
