// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the file beside a VITS model says about it: which symbols it reads, at which rate it speaks,
// and who. Piper and Coqui say it differently; here it is one thing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::vits {

using Ids = std::vector<std::int64_t>;

inline constexpr std::size_t kMostConfigBytes = std::size_t{1} << 20U;

struct VoiceConfig {
    std::string language;  // BCP 47 in lower case ("es-es"); empty: it does not say, or several
    int sample_rate_hz = 22'050;

    // What it reads.
    std::string espeak_voice;                                   // whose phonemes; empty: letters
    std::map<char32_t, Ids> symbols;                            // what it does not have is left out
    Ids before;                                                 // the first symbol
    Ids after_each;                                             // of them
    Ids at_end;                                                 // after the last one
    std::map<std::string, std::int64_t, std::less<>> speakers;  // by name
    std::int64_t speaker_count = 1;
    std::map<std::string, std::int64_t, std::less<>> languages;  // of a model with several

    // What it is told beside the symbols, as it was trained.
    float noise = 0.667F;
    float length = 1.0F;  // times longer
    float duration_noise = 0.8F;
};

/// @param text Of "<voice>.onnx.json".
///
/// Errors: kInvalidArgument, saying what is wrong with the text.
[[nodiscard]] Result<VoiceConfig> parse_piper_config(std::string_view text);

/// @param text Of "config.json".
/// @param speakers Of "speaker_ids.json" beside it; may be empty.
/// @param languages Of "language_ids.json" beside it; may be empty.
///
/// Errors: kInvalidArgument, saying what is wrong with the text.
[[nodiscard]] Result<VoiceConfig> parse_coqui_config(std::string_view text,
                                                     std::string_view speakers,
                                                     std::string_view languages);

/// Reads `file`, and what lies beside it. What is called "config.json" is Coqui's, all else
/// Piper's.
///
/// Errors: kUnavailable, with the path: it cannot be read, or what is wrong with it.
[[nodiscard]] Result<VoiceConfig> load_voice_config(const std::filesystem::path& file);

}  // namespace livedub::vits
