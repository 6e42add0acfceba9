// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// From what engines cost to what a machine can do: how many streams at once, and with which delay.
//
//   streams  the least of
//     cpu      70 % of the cores / (cores that one stream keeps busy in all stages + 0.04 for its
//              picture and sound)
//     workers  70 % of the speech threads / (time a fragment takes in all stages / its length)
//     memory   70 % of what is available / (a recogniser's session + 64 MiB for the delay line)
//     delay    fragments that arrive all at once and are still dubbed in the configured delay:
//              speech threads x (delay - segment - 1 s) / (worst time x 1.5)
//   delay    segment + worst time x 1.5 + 1 s, rounded up to 100 ms
//
// Worst time: the sum over the stages of the slowest run, scaled from the sample to the segment.

#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "doctor/cost.hpp"

namespace livedub::doctor {

struct CapacityInput {
    std::vector<Cost> stages;  // recognise, translate, speak
    double cores = 1;
    std::size_t workers = 1;  // speech threads
    double memory_available_mib = 0;
    double session_mib = 0;  // that each further stream needs for its recogniser
    std::chrono::milliseconds segment{6'000};
    std::chrono::milliseconds delay{15'000};  // as configured
};

/// What runs out first.
enum class Limit {
    kCpu = 1,
    kWorkers = 2,
    kMemory = 3,
    kDelay = 4,
};

[[nodiscard]] std::string_view to_string(Limit limit) noexcept;

struct Capacity {
    std::size_t streams = 0;
    Limit limit = Limit::kCpu;
    std::chrono::milliseconds worst_fragment{0};  // through all stages
    std::chrono::milliseconds delay_needed{0};
    /// Without any margin: with less than this, no dub is ever in time.
    std::chrono::milliseconds delay_least{0};
};

[[nodiscard]] Capacity capacity_of(const CapacityInput& input);

}  // namespace livedub::doctor
