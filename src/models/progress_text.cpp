// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/progress_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/listing.hpp"

namespace livedub::models {
namespace {

constexpr std::size_t kBarWidth = 20;
constexpr double kSecondsPerMinute = 60;

double bytes_per_second(const PullPace& pace) {
    const double seconds = static_cast<double>(pace.spent.count()) / 1e3;
    return static_cast<double>(pace.bytes) / std::max(0.001, seconds);
}

std::string time_left(const PullProgress& progress, double speed) {
    const auto rest = *progress.total - std::min(*progress.total, progress.done);
    if (speed < 1) {
        return "";
    }
    const double seconds = std::ceil(static_cast<double>(rest) / speed);
    return seconds < 2 * kSecondsPerMinute
               ? fmt::format("   {:.0f} s left", seconds)
               : fmt::format("   {:.0f} min left", std::ceil(seconds / kSecondsPerMinute));
}

}  // namespace

std::optional<int> percent_done(const PullProgress& progress) noexcept {
    if (!progress.total || *progress.total == 0) {
        return std::nullopt;
    }
    return static_cast<int>(std::min(progress.done, *progress.total) * 100 / *progress.total);
}

std::string progress_line(const PullProgress& progress, const PullPace& pace) {
    const auto percent = percent_done(progress);
    const double speed = bytes_per_second(pace);
    const auto speed_text = size_text(static_cast<std::uint64_t>(speed)) + "/s";
    if (!percent) {
        return fmt::format("{}   {}", size_text(progress.done), speed_text);
    }
    return fmt::format("{:3} %  {} of {}   {}{}", *percent, size_text(progress.done),
                       size_text(*progress.total), speed_text, time_left(progress, speed));
}

std::string progress_bar(const PullProgress& progress, const PullPace& pace) {
    std::string line;
    if (const auto percent = percent_done(progress)) {
        const auto filled = static_cast<std::size_t>(*percent) * kBarWidth / 100;
        const std::string head = filled < kBarWidth ? ">" : "";
        line = fmt::format("[{:<{}}] ", std::string(filled, '=') + head, kBarWidth);
    }
    return fmt::format("{:<78}", line + progress_line(progress, pace));
}

}  // namespace livedub::models
