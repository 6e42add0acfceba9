// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "files/whole_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/owned_fd.hpp"

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

tl::unexpected<Error> unreadable(const fs::path& path, std::string_view why) {
    return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be read: {}", path.string(), why));
}

tl::unexpected<Error> unreadable(const fs::path& path, int why) {
    return unreadable(path, std::error_code{why, std::generic_category()}.message());
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

Result<std::string> read_whole_file(const fs::path& path, std::size_t most) {
    // Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
    const OwnedFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return unreadable(path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return unreadable(path, "it is no file");
    }
    std::string bytes;
    for (;;) {
        // Not by the size that it says: of the system's own files that is nothing.
        constexpr std::size_t kAtOnce = std::size_t{64} << 10U;
        const auto before = bytes.size();
        bytes.resize(before + kAtOnce);
        const auto count = ::read(file.get(), bytes.data() + before, kAtOnce);
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && errno != EINTR) {
            return unreadable(path, errno);
        }
        if (bytes.size() > most) {
            return unreadable(path, fmt::format("it has more than {} bytes", most));
        }
        if (count == 0) {
            return bytes;
        }
    }
}

}  // namespace livedub::files
