// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a pull is, as one line for a person: share, speed, time left.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "models/pull.hpp"

namespace livedub::models {

/// Of what came since the pull began: what was there before says nothing about the speed.
struct PullPace {
    std::uint64_t bytes = 0;
    std::chrono::milliseconds spent{};
};

/// "[=========>          ]  45 %  63.1 of 141.1 MiB   5.2 MiB/s   15 s left", always of the same
/// width; without a total "63.1 MiB   5.2 MiB/s".
[[nodiscard]] std::string progress_bar(const PullProgress& progress, const PullPace& pace);

/// The same without the bar, for logs.
[[nodiscard]] std::string progress_line(const PullProgress& progress, const PullPace& pace);

/// 0 to 100; nullopt without a total.
[[nodiscard]] std::optional<int> percent_done(const PullProgress& progress) noexcept;

}  // namespace livedub::models
