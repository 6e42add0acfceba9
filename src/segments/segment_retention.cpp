// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_retention.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "segments/segment_files.hpp"

namespace livedub::segments {
namespace {

namespace fs = std::filesystem;

struct KeptFile {
    fs::path path;
    fs::file_time_type written;
    std::uint64_t size = 0;
};

std::vector<fs::path> entries_of(const fs::path& directory) {
    std::vector<fs::path> entries;
    std::error_code error;
    fs::directory_iterator at{directory, error};
    for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
        entries.push_back(at->path());
    }
    return entries;
}

std::vector<KeptFile> segments_in(const fs::path& directory) {
    std::vector<KeptFile> files;
    for (auto& path : entries_of(directory)) {
        std::error_code error;
        if (!is_segment_name(path.filename().string()) || !fs::is_regular_file(path, error)) {
            continue;
        }
        const auto written = fs::last_write_time(path, error);
        const auto size = error ? 0 : fs::file_size(path, error);
        if (!error) {
            files.push_back({.path = std::move(path), .written = written, .size = size});
        }
    }
    std::ranges::sort(files, [](const KeptFile& a, const KeptFile& b) {
        return a.written != b.written ? a.written < b.written : a.path < b.path;
    });
    return files;
}

void thin_out(const fs::path& directory, const RetentionLimits& limits, fs::file_time_type now) {
    const auto files = segments_in(directory);
    std::uint64_t bytes = 0;
    for (const auto& file : files) {
        bytes += file.size;
    }
    for (const auto& file : files) {
        const auto age = now - file.written;
        if (age < kAlwaysKept) {
            return;  // and so are all that follow
        }
        const bool is_too_old = limits.longest_kept.count() > 0 && age > limits.longest_kept;
        const bool is_too_much =
            limits.max_bytes_per_stream > 0 && bytes > limits.max_bytes_per_stream;
        if (!is_too_old && !is_too_much) {
            return;
        }
        std::error_code error;
        if (fs::remove(file.path, error)) {
            bytes -= file.size;
        }
    }
}

}  // namespace

void apply_retention(const fs::path& root, const RetentionLimits& limits, fs::file_time_type now) {
    for (const auto& outer : entries_of(root)) {
        const auto id = outer.filename().string();
        std::error_code error;
        if (!is_stream_id(id) ||
            fs::symlink_status(outer, error).type() != fs::file_type::directory) {
            continue;
        }
        const auto directory = directory_of(root, id);
        if (!fs::is_directory(directory, error)) {
            continue;
        }
        thin_out(directory, limits, now);
        // Only when they are empty.
        if (fs::remove(directory, error)) {
            fs::remove(outer, error);
        }
    }
}

}  // namespace livedub::segments
