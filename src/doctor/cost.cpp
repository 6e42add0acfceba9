// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cost.hpp"

#include <algorithm>
#include <vector>

#include "base/check.hpp"

namespace livedub::doctor {
namespace {

using std::chrono::microseconds;

/// The lower of the two in the middle when there are two.
microseconds median(std::vector<microseconds> times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

double share(microseconds part, microseconds whole) {
    return whole.count() == 0
               ? 0.0
               : static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

}  // namespace

double Cost::real_time_factor() const noexcept {
    return share(wall, sample);
}

double Cost::cores() const noexcept {
    return share(cpu, sample);
}

Cost cost_of(std::span<const TimedRun> runs, microseconds sample) {
    LIVEDUB_CHECK(!runs.empty());
    std::vector<microseconds> walls;
    std::vector<microseconds> cpus;
    for (const auto& run : runs) {
        walls.push_back(run.wall);
        cpus.push_back(run.cpu);
    }
    return {.sample = sample,
            .wall = median(walls),
            .worst = *std::ranges::max_element(walls),
            .cpu = median(cpus)};
}

}  // namespace livedub::doctor
