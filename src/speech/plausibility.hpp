// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognisers invent words for coughs, cheers and silence. What cannot have been said is dropped
// before it is translated: on air, nothing said is better than nonsense.

#pragma once

#include <vector>

#include "dubbing/dubber.hpp"

namespace livedub::speech {

/// Whether `words`, recognised in speech that lasted `speech_time`, can be what somebody said: not
/// only hesitations, not one word over and over, neither far too many nor far too few for the time.
[[nodiscard]] bool is_plausible(const std::vector<Phrase>& words, StreamDuration speech_time);

}  // namespace livedub::speech
