// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How segments are named and lie on disk: <root>/<id>/<id>/NNNNNN_audio.m4a. Plain calls that block
// as long as the disk does.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "segments/segment_record.hpp"

namespace livedub::segments {

/// [a-zA-Z0-9_-]{1,128}: what can be part of a path without leading out of it.
[[nodiscard]] bool is_stream_id(std::string_view id) noexcept;

/// @param stream_id Passes is_stream_id().
[[nodiscard]] std::filesystem::path directory_of(const std::filesystem::path& root,
                                                 std::string_view stream_id);

/// "000042_audio.m4a", "000042_audio_dubbed.m4a".
[[nodiscard]] std::string file_name(std::uint64_t batch_number, SegmentKind kind);

/// Whether a file is one of ours, finished or not. Others are never touched.
[[nodiscard]] bool is_segment_name(std::string_view name) noexcept;

/// Removes the segments of an earlier run.
///
/// Errors: kUnavailable when one stays.
[[nodiscard]] Result<void> remove_segments(const std::filesystem::path& directory);

}  // namespace livedub::segments
