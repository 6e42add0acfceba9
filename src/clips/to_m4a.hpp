// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever sound is there, as the MP4 file that is stored and sent.

#pragma once

#include <stop_token>
#include <variant>

#include "base/result.hpp"
#include "dubbing/encoded_clip.hpp"
#include "media/aac_packets.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

/// A file that is_aac_clip(), sound that is still to be encoded, or such that was never decoded.
using ClipOrSound = std::variant<ClipBytes, PcmChunk, AacPackets>;

/// MP4 or ADTS by content: what to_m4a() takes without coding it again. False for null.
[[nodiscard]] bool is_aac_clip(const ClipBytes& clip) noexcept;

/// MP4 stays as it is, ADTS and packets are put into MP4, sound is encoded: at its own rate where
/// the external contract knows it, else at the nearest.
///
/// Errors: kCancelled soon after `stop` has fired; kInvalidArgument for null, another kind of file
/// and for no sound at all; kInternal.
[[nodiscard]] Result<ClipBytes> to_m4a(const ClipOrSound& from, const std::stop_token& stop);

}  // namespace livedub::clips
