// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// `livedub up`: the whole product in one process. Media server, sessions and speech engines, wired
// together here and nowhere else.

#pragma once

#include "up_settings.hpp"

namespace livedub {

/// Runs until SIGINT or SIGTERM. Returns the exit code.
[[nodiscard]] int run_up(const UpConfig& config);

}  // namespace livedub
