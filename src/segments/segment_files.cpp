// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_files.hpp"

#include <algorithm>
#include <cctype>
#include <system_error>

#include <fmt/format.h>

#include "files/whole_file.hpp"

namespace livedub::segments {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> disk_failure(std::string_view what, const fs::path& path,
                                   const std::error_code& error) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot {} {}: {}", what, path.string(), error.message()));
}

}  // namespace

bool is_stream_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    });
}

fs::path directory_of(const fs::path& root, std::string_view stream_id) {
    return root / stream_id / stream_id;
}

std::string file_name(std::uint64_t batch_number, SegmentKind kind) {
    return fmt::format("{:06}_audio{}.m4a", batch_number,
                       kind == SegmentKind::kDubbed ? "_dubbed" : "");
}

bool is_segment_name(std::string_view name) noexcept {
    if (name.ends_with(files::kUnfinished)) {
        name.remove_suffix(files::kUnfinished.size());
    }
    const auto digits = std::min(name.find_first_not_of("0123456789"), name.size());
    const auto rest = name.substr(digits);
    return digits >= 6 && (rest == "_audio.m4a" || rest == "_audio_dubbed.m4a");
}

Result<void> remove_segments(const fs::path& directory) {
    std::error_code error;
    fs::directory_iterator at{directory, error};
    if (error) {
        const bool is_nothing_there = error == std::errc::no_such_file_or_directory;
        return is_nothing_there ? Result<void>{} : disk_failure("read", directory, error);
    }
    for (const fs::directory_iterator end; at != end && !error; at.increment(error)) {
        if (is_segment_name(at->path().filename().string())) {
            std::error_code stays;
            fs::remove(at->path(), stays);
            if (stays) {
                return disk_failure("remove", at->path(), stays);
            }
        }
    }
    if (error) {
        return disk_failure("read", directory, error);
    }
    return {};
}

}  // namespace livedub::segments
