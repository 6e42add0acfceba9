// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a stage of speech costs on this machine: several runs on the same sample, made one number
// each for typical time, worst time and processor time.

#pragma once

#include <chrono>
#include <span>

namespace livedub::doctor {

struct TimedRun {
    std::chrono::microseconds wall{0};
    std::chrono::microseconds cpu{0};  // of this process and its children
};

struct Cost {
    std::chrono::microseconds sample{0};  // length of the sound that was worked on
    std::chrono::microseconds wall{0};    // median
    std::chrono::microseconds worst{0};
    std::chrono::microseconds cpu{0};  // median

    /// Time taken per time of sound; below 1 is faster than it is spoken.
    [[nodiscard]] double real_time_factor() const noexcept;
    /// Cores kept busy by one stream without a pause.
    [[nodiscard]] double cores() const noexcept;
};

/// @param runs At least one.
[[nodiscard]] Cost cost_of(std::span<const TimedRun> runs, std::chrono::microseconds sample);

}  // namespace livedub::doctor
