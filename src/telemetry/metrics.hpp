// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a number is exported. Rooms take a prometheus::Registry& at construction and add families to
// it; this is the only place that turns one into text.

#pragma once

#include <string>

#include <prometheus/registry.h>

namespace livedub {

/// Prometheus text format 0.0.4 of everything in `registry`. Any thread.
[[nodiscard]] std::string expose(const prometheus::Registry& registry);

/// The Content-Type that goes with expose().
inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace livedub
