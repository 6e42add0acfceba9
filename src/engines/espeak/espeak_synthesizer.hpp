// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Synthesis with espeak-ng: over a hundred languages, a thousand times faster than real time, and
// audibly a robot.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::espeak {

/// All synthesizers share espeak-ng's one state and take turns. The voice "default" and the shipped
/// profiles are known; a profile of another language than the target speaks with the target's
/// default voice, with a warning. `speed` is reached within about
/// 5 % from 0.46 to 2.04; beyond that the nearest end is taken. The same request does not give the
/// very same samples twice: espeak-ng adds noise of its own.
///
/// Errors: kUnavailable, naming the package, when the voice data is missing.
[[nodiscard]] Result<std::unique_ptr<speech::Synthesizer>> make_espeak_synthesizer();

/// The languages that have a voice ("es", "es-419", ...), sorted.
[[nodiscard]] Result<std::vector<std::string>> spoken_languages();

}  // namespace livedub::espeak
