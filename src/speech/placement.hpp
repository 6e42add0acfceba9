// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where in the slot the dub is spoken: as close to the speaker as its length allows.

#pragma once

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"
#include "speech/samples.hpp"

namespace livedub::speech {

/// Lays `speech` into silence of exactly the shape of `slot` (start, format, frames): from `onset`
/// of the slot on, or earlier if it would not fit behind it. The edges are faded over 8 ms.
///
/// @param speech At the slot's rate, not longer than the slot.
///
/// Errors: kInvalidArgument when it is of another rate or longer.
[[nodiscard]] Result<PcmChunk> place(const MonoSignal& speech, const PcmChunk& slot,
                                     StreamDuration onset);

}  // namespace livedub::speech
