// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A stretch of a stream's sound as the MP4 file that is stored and sent.

#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "dubbing/encoded_clip.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::segments {

/// At its own rate where the contract knows it, else at the nearest.
///
/// Errors: kCancelled, kInternal, and kInvalidArgument for no sound at all.
[[nodiscard]] Result<ClipBytes> make_clip(const PcmChunk& sound, const std::stop_token& stop);

}  // namespace livedub::segments
