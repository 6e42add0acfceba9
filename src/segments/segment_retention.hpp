// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which segments have to go: by age, and by bytes per stream, oldest first; never a young one,
// because somebody may be about to look at it.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace livedub::segments {

/// Zero is no limit.
struct RetentionLimits {
    std::chrono::seconds longest_kept{std::chrono::hours{1}};
    std::uint64_t max_bytes_per_stream = std::uint64_t{1} << 30U;
};

/// Files younger than this stay, whatever the limits.
inline constexpr std::chrono::minutes kAlwaysKept{10};

/// Removes what is over the limits from all streams below `root`, and the directories of streams
/// that have nothing left. What cannot be read or removed is passed over.
///
/// @param now Compared with the files' times of writing.
void apply_retention(const std::filesystem::path& root, const RetentionLimits& limits,
                     std::filesystem::file_time_type now);

}  // namespace livedub::segments
