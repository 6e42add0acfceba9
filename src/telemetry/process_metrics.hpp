// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the kernel says of this process: the process_* families every Prometheus client has.

#pragma once

#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

namespace livedub {

/// Reads /proc/self at every Collect(). Any thread.
class ProcessMetrics final : public prometheus::Collectable {
  public:
    /// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
    /// process_open_fds, process_max_fds, process_start_time_seconds, process_threads.
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace livedub
