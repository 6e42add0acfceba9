// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/process_metrics.hpp"

#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

namespace livedub {
namespace {

double value_of(const std::vector<prometheus::MetricFamily>& families, const std::string& name) {
    const auto found = std::ranges::find(families, name, &prometheus::MetricFamily::name);
    return found == families.end() ? -1 : found->metric.at(0).gauge.value;
}

TEST(ProcessMetrics, SayWhatThisProcessIs) {
    const auto families = ProcessMetrics{}.Collect();

    const auto now =
        std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
    EXPECT_NEAR(value_of(families, "process_start_time_seconds"), now, 600);
    EXPECT_GE(value_of(families, "process_cpu_seconds_total"), 0);
    EXPECT_GT(value_of(families, "process_resident_memory_bytes"), 1 << 20);
    EXPECT_GE(value_of(families, "process_open_fds"), 3);
    EXPECT_GE(value_of(families, "process_threads"), 1);
}

}  // namespace
}  // namespace livedub
