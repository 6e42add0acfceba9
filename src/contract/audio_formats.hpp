// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The names of audio formats (external contract, 1.4 and 1.10).

#pragma once

#include <array>
#include <string>
#include <string_view>

namespace livedub::contract {

/// What may be sent to be dubbed.
inline constexpr std::array<std::string_view, 7> kAudioFormats{
    "m4a", "mp4", "aac", "adts", "wav", "pcm_s16le", "pcm_f32le"};

/// What may be asked for.
inline constexpr std::array<std::string_view, 5> kOutputFormats{"m4a", "adts", "wav", "pcm_s16le",
                                                                "pcm_f32le"};

/// The rates that AAC has a number for, of which dubbed audio has the nearest up to 48000.
inline constexpr std::array<int, 12> kAacRates{8'000,  11'025, 12'000, 16'000, 22'050, 24'000,
                                               32'000, 44'100, 48'000, 64'000, 88'200, 96'000};

/// The output format that is the same as one of kAudioFormats.
[[nodiscard]] inline std::string output_format_of(const std::string& format) {
    if (format == "mp4") {
        return "m4a";
    }
    return format == "aac" ? "adts" : format;
}

}  // namespace livedub::contract
