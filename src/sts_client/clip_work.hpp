// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Fragments to clips and dubs back to sound: what the pool does. Pure functions.

#pragma once

#include <string>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "media/pcm_chunk.hpp"
#include "sts_client/link_action.hpp"

namespace livedub::sts_client {

/// The bytes to send: the fragment's clip if it has one, else its sound as MP4/AAC.
///
/// Errors: kInternal when it cannot be encoded.
[[nodiscard]] Result<std::string> make_clip(const Fragment& fragment);

/// Decodes a dub by its content, converts it to the fragment's format and fits it to its slot.
[[nodiscard]] Decoded decode_dub(DecodeTask task);

/// `sound` with the slot's start and number of frames: silence added at the end, or cut off there;
/// either way its last 5 ms fade. Its format is the slot's.
[[nodiscard]] PcmChunk fit_to_slot(const PcmChunk& sound, const FragmentShape& slot);

}  // namespace livedub::sts_client
