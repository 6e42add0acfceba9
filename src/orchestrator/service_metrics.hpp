// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of the service itself (external contract, section 5), beside those of its streams.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::orchestrator {

/// Thread-safe.
class ServiceMetrics {
  public:
    ServiceMetrics(prometheus::Registry& registry, const std::string& version,
                   const std::string& commit);

    /// @param event ready or not_ready. @param result received, skipped, ignored, invalid, refused
    /// or unauthorized.
    void count_hook(std::string_view event, std::string_view result, SteadyDuration took);

    [[nodiscard]] std::span<const FamilyHead> heads() const noexcept { return heads_; }

  private:
    const std::vector<FamilyHead> heads_;
    prometheus::Family<prometheus::Counter>& hook_events_;
    prometheus::Histogram& hook_duration_;
};

}  // namespace livedub::orchestrator
