// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "files/whole_file.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace livedub::files {
namespace {

namespace fs = std::filesystem;

std::error_code write_all(const fs::path& path, std::string_view bytes) {
    errno = 0;
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (file) {
        return {};
    }
    return {errno != 0 ? errno : EIO, std::generic_category()};
}

}  // namespace

Result<void> write_whole_file(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    auto unfinished = path;
    unfinished += kUnfinished;
    if (!error) {
        error = write_all(unfinished, bytes);
    }
    if (!error) {
        fs::rename(unfinished, path, error);
    }
    if (error) {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        return fail(ErrorCode::kUnavailable,
                    fmt::format("cannot write {}: {}", path.string(), error.message()));
    }
    return {};
}

}  // namespace livedub::files
