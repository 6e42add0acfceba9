// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a number is exported. Rooms take a prometheus::Registry& at construction and add families to
// it; this is the only place that turns one into text.

#pragma once

#include <span>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/registry.h>

namespace livedub {

/// A family as it stands above its samples. The registry keeps silent about families without any;
/// whoever wants them seen from the start keeps their heads.
struct FamilyHead {
    std::string name;
    std::string help;
    prometheus::MetricType type = prometheus::MetricType::Gauge;
};

/// Prometheus text format 0.0.4 of everything in `registry`, then the `heads` that have no sample
/// there. Numbers are plain decimals: no exponent, no NaN, no infinity. Any thread.
[[nodiscard]] std::string expose(const prometheus::Registry& registry,
                                 std::span<const FamilyHead> heads = {});

/// The same of families that were collected already.
[[nodiscard]] std::string expose(const std::vector<prometheus::MetricFamily>& families,
                                 std::span<const FamilyHead> heads = {});

/// The Content-Type that goes with expose().
inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace livedub
