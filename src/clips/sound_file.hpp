// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Files of sound as others make them: what they are is told by their content, whatever anybody says
// of it. Fragments travel in fewer kinds (clip.hpp). Pure functions on memory; each takes as long
// as decoding takes: never on the io thread.

#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

enum class SoundFile {
    kM4a = 1,
    kAdts = 2,
    kWav = 3,
    kMp3 = 4,
    kOgg = 5,  // with Opus, Vorbis or FLAC
    kFlac = 6,
};

[[nodiscard]] std::string_view to_string(SoundFile kind) noexcept;

/// What the bytes are by their own account, past an ID3 tag at their beginning. MP3 and ADTS, which
/// have no name to begin with, need three frames in a row, or as many as there are.
[[nodiscard]] std::optional<SoundFile> sniff_sound_file(std::string_view bytes) noexcept;

enum class FilePart {
    kWhole = 1,
    kBeginning = 2,  // more of it would have come
};

/// The sound of the file: from time zero, at its own rate, more than two channels mixed down to
/// two. A WAV file that was written as it was made need not say how long it is.
///
/// Errors: kInvalidArgument when it is none, cannot be decoded, or, of a whole one, says that there
/// is more than there is, or has as much as kLongestClip.
[[nodiscard]] Result<PcmChunk> decode_sound_file(std::string_view bytes, FilePart part);

}  // namespace livedub::clips
