// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The machine as this process may use it: a container's limits count.

#pragma once

#include <optional>
#include <string_view>

namespace livedub::doctor {

struct Machine {
    double cores = 1;  // fractions are a container's share
    double load = 0;   // processes that ran or waited, mean of the last minute
    double memory_total_mib = 0;
    double memory_available_mib = 0;
};

/// As of now. What cannot be read stays at its default.
[[nodiscard]] Machine read_machine();

/// A line of /proc/meminfo in MiB ("MemAvailable"); nullopt when it is not there.
[[nodiscard]] std::optional<double> meminfo_mib(std::string_view meminfo, std::string_view name);

/// "200000 100000" is 2 cores, "max 100000" no limit (nullopt): cgroup's cpu.max.
[[nodiscard]] std::optional<double> cpu_limit(std::string_view cpu_max);

}  // namespace livedub::doctor
