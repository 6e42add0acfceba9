// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Samples without a header: all that is known of them is what somebody says and how many there are.

#pragma once

#include <string_view>

#include "clips/clip.hpp"

namespace livedub::clips {

/// Takes the label's word, unless the byte count contradicts it (part of a frame left over, or far
/// from the stated duration) and would be right for 16 kHz mono, which some peers send whatever
/// they say. A frame cut short is dropped.
///
/// Errors: kInvalidArgument when there is no whole frame or the format is not supported.
[[nodiscard]] Result<DecodedClip> decode_raw_pcm(std::string_view bytes, const ClipLabel& label);

[[nodiscard]] std::string encode_raw_pcm(const PcmChunk& sound, ClipFormat format);

}  // namespace livedub::clips
