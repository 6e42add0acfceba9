// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the shell sees; documented in --help and README.md.

#pragma once

#include "base/result.hpp"

namespace livedub {

inline constexpr int kExitStopped = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitPortInUse = 3;
inline constexpr int kExitInterrupted = 130;

/// Says on stderr why a command cannot begin. @return The exit code that goes with it.
[[nodiscard]] int refuse(const Error& error);

}  // namespace livedub
