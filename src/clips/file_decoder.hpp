// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Files of sound that say what they are: MP4, ADTS, WAV. The demuxer is told, never guessed, so
// that bytes from a peer reach three parsers and not three hundred.

#pragma once

#include <string_view>

#include "base/result.hpp"
#include "clips/clip.hpp"

namespace livedub::clips {

struct DecodedFile {
    PcmChunk sound;
    int channels = 0;  // of the file; the sound has at most two
};

/// @param format kM4a, kAdts or kWav: what sniff_clip() found.
///
/// Errors: kInvalidArgument when nothing can be decoded.
[[nodiscard]] Result<DecodedFile> decode_file(std::string_view bytes, ClipFormat format);

}  // namespace livedub::clips
