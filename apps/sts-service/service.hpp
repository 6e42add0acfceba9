// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// sts-service: sessions, engines and pages, wired together here and nowhere else.

#pragma once

#include "service_settings.hpp"

namespace livedub {

/// Runs until SIGINT or SIGTERM. Returns the exit code.
[[nodiscard]] int run_service(const ServiceConfig& config);

}  // namespace livedub
