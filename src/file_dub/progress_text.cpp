// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/progress_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace livedub::file_dub {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBarWidth = 20;

double seconds_of(milliseconds time) {
    return static_cast<double>(time.count()) / 1e3;
}

std::string clock_text(milliseconds time) {
    const auto s = time.count() / 1'000;
    return s >= 3'600 ? fmt::format("{}:{:02}:{:02}", s / 3'600, s / 60 % 60, s % 60)
                      : fmt::format("{:02}:{:02}", s / 60, s % 60);
}

double speed_of(milliseconds done, milliseconds spent) {
    return seconds_of(done) / std::max(0.001, seconds_of(spent));
}

std::string time_left(const FileDubProgress& progress, milliseconds spent) {
    const auto rest = std::max(*progress.total - progress.done, milliseconds{0});
    const double speed = speed_of(progress.done, spent);
    if (speed <= 0.0) {
        return "";
    }
    const auto seconds = static_cast<std::int64_t>(std::ceil(seconds_of(rest) / speed));
    return seconds < 60 ? fmt::format("{} s left", seconds)
                        : fmt::format("{} left", clock_text(std::chrono::seconds{seconds}));
}

}  // namespace

std::optional<int> percent_done(const FileDubProgress& progress) noexcept {
    if (!progress.total || progress.total->count() <= 0) {
        return std::nullopt;
    }
    return static_cast<int>(
        std::clamp<std::int64_t>(progress.done.count() * 100 / progress.total->count(), 0, 100));
}

std::string progress_line(const FileDubProgress& progress, milliseconds spent) {
    const auto percent = percent_done(progress);
    const double speed = speed_of(progress.done, spent);
    if (!percent) {
        return fmt::format("{}   {:.1f} x real time", clock_text(progress.done), speed);
    }
    return fmt::format("{:3} %  {} of {}   {:.1f} x real time   {}", *percent,
                       clock_text(progress.done), clock_text(*progress.total), speed,
                       time_left(progress, spent));
}

std::string progress_bar(const FileDubProgress& progress, milliseconds spent) {
    const auto percent = percent_done(progress);
    std::string line;
    if (percent) {
        const auto filled = static_cast<std::size_t>(*percent) * kBarWidth / 100;
        const std::string head = filled < kBarWidth ? ">" : "";
        line = fmt::format("[{:<{}}] ", std::string(filled, '=') + head, kBarWidth);
    }
    return fmt::format("{:<78}", line + progress_line(progress, spent));
}

std::string summary_line(const FileDubSummary& summary, milliseconds spent) {
    std::size_t kept = 0;
    std::vector<std::string> reasons;
    for (const auto& [reason, count] : summary.originals) {
        kept += count;
        reasons.push_back(fmt::format("{} {}", count, to_string(reason)));
    }
    return fmt::format("dubbed {} of {} fragments{}, {:.1f} s in {:.1f} s, {:.1f} x real time",
                       summary.fragments - kept, summary.fragments,
                       reasons.empty() ? "" : fmt::format(" ({})", fmt::join(reasons, ", ")),
                       seconds_of(summary.duration), seconds_of(spent),
                       speed_of(summary.duration, spent));
}

}  // namespace livedub::file_dub
