// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The service: stream table, speech client, HTTP API and reconciliation, wired together here and
// nowhere else.

#pragma once

#include "media_settings.hpp"

namespace livedub {

/// Runs until SIGINT or SIGTERM, then ends within 10 s. Returns the exit code.
[[nodiscard]] int run_media_service(const MediaServiceConfig& config);

}  // namespace livedub
