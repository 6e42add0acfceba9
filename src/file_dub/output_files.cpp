// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/output_files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace livedub::file_dub {

OutputFiles::~OutputFiles() {
    for (const auto& [temporary, target] : files_) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
    }
}

Result<std::filesystem::path> OutputFiles::add(const std::filesystem::path& target) {
    const auto name = fmt::format(".{}.{}.partial{}", target.stem().string(), ::getpid(),
                                  target.extension().string());
    auto temporary = target.parent_path() / name;
    const int fd = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail(ErrorCode::kInvalidArgument, std::strerror(errno));
    }
    ::close(fd);
    files_.emplace_back(temporary, target);
    return temporary;
}

Result<void> OutputFiles::write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << text << std::flush;
    if (!out) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
    }
    return {};
}

Result<void> OutputFiles::publish() {
    while (!files_.empty()) {
        const auto& [temporary, target] = files_.back();
        std::error_code error;
        std::filesystem::rename(temporary, target, error);
        if (error) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("cannot write {}: {}", target.string(), error.message()));
        }
        files_.pop_back();
    }
    return {};
}

}  // namespace livedub::file_dub
