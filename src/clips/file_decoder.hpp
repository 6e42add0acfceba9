// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Files of sound that say what they are. The demuxer is told, never guessed, so that bytes from a
// peer reach six parsers (a fragment's only three of them) and not three hundred.

#pragma once

#include <string_view>

#include "base/result.hpp"
#include "clips/sound_file.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

struct DecodedFile {
    PcmChunk sound;
    int channels = 0;           // of the file; the sound has at most two
    bool is_cut_short = false;  // says that there is more than there is; WAV says it otherwise
};

/// @param kind What sniff_sound_file() or sniff_clip() found.
///
/// Errors: kInvalidArgument when nothing can be decoded.
[[nodiscard]] Result<DecodedFile> decode_file(std::string_view bytes, SoundFile kind);

}  // namespace livedub::clips
