// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a person at the terminal sees: five lines at start, then one line per fragment.

#pragma once

#include <string>

#include "dubbing/decided_fragment.hpp"

namespace livedub {

/// "00:12-00:18  dubbed    hello there. > hola.  asr 610 ms, mt 3 ms, tts 20 ms, speed 1.12"
[[nodiscard]] std::string describe(const DecidedFragment& fragment);

}  // namespace livedub
