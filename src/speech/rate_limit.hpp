// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// When an engine is a service, what is exhausted may be its patience and not our memory.

#pragma once

#include <string_view>

namespace livedub::speech {

/// How the error (kExhausted) of a recogniser or synthesizer begins that wants to be asked less.
inline constexpr std::string_view kRateLimit = "RATE_LIMIT_EXCEEDED";

}  // namespace livedub::speech
