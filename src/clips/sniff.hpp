// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Telling ADTS and MP3 from noise: their headers chain, which raw samples that begin with the same
// bits do not.

#pragma once

#include <string_view>

namespace livedub::clips {

/// Whether the bytes are a run of ADTS frames: each header leads to the next, as far as three, or
/// to the end.
[[nodiscard]] bool is_adts_chain(std::string_view bytes) noexcept;

/// The same of MPEG audio of the third layer.
[[nodiscard]] bool is_mp3_chain(std::string_view bytes) noexcept;

/// Without the ID3v2 tags at the beginning, which MP3, and others, may have.
[[nodiscard]] std::string_view past_id3(std::string_view bytes) noexcept;

}  // namespace livedub::clips
