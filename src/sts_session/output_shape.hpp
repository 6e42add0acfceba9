// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The form in which a stream's dubbed audio goes out (external contract, 1.10 and 1.11).

#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"
#include "clips/clip.hpp"
#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::sts_session {

struct OutputShape {
    clips::ClipFormat format = clips::ClipFormat::kM4a;
    PcmFormat pcm;
    bool is_binary = false;  // bytes instead of base64
};

/// Chosen once, by the first fragment that could be decoded.
[[nodiscard]] OutputShape choose_output(const contract::StreamInit& init, bool is_binary,
                                        const PcmFormat& decoded);

/// Bytes of `sound` in that form, under labels that are true to them.
///
/// Errors: those of encode_clip().
[[nodiscard]] Result<contract::Audio> encode_output(const PcmChunk& sound,
                                                    const OutputShape& shape);

/// As much silence, in that form.
[[nodiscard]] PcmChunk make_silence(const PcmChunk& like, const PcmFormat& format);

}  // namespace livedub::sts_session
