// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "clips/clip.hpp"

namespace livedub::clips {

Result<ClipFormat> parse_clip_format(std::string_view name) {
    if (name == "m4a" || name == "mp4") {
        return ClipFormat::kM4a;
    }
    if (name == "adts" || name == "aac") {
        return ClipFormat::kAdts;
    }
    for (const auto format : {ClipFormat::kWav, ClipFormat::kPcmS16, ClipFormat::kPcmF32}) {
        if (name == to_string(format)) {
            return format;
        }
    }
    // Cut, because the name is whatever a peer sent.
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("audio format \"{}\" (allowed: m4a, mp4, adts, aac, wav, pcm_s16le, "
                            "pcm_f32le)",
                            name.substr(0, 32)));
}

std::string_view to_string(ClipFormat format) noexcept {
    switch (format) {
        case ClipFormat::kM4a:
            return "m4a";
        case ClipFormat::kAdts:
            return "adts";
        case ClipFormat::kWav:
            return "wav";
        case ClipFormat::kPcmS16:
            return "pcm_s16le";
        case ClipFormat::kPcmF32:
            return "pcm_f32le";
    }
    return "unknown";
}

int nearest_clip_rate(int sample_rate_hz) noexcept {
    constexpr std::array kRates{8'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000};
    return *std::ranges::min_element(
        kRates, {}, [sample_rate_hz](int rate) { return std::abs(rate - sample_rate_hz); });
}

}  // namespace livedub::clips
