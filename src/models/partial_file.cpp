// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/partial_file.hpp"

#include <cerrno>
#include <condition_variable>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mutex.hpp"
#include "base/owned_fd.hpp"
#include "models/model_directory.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookAgain{250};
constexpr mode_t kForEveryone = 0644;

tl::unexpected<Error> failed(std::string_view what, const fs::path& path, int why) {
    const std::error_code reason{why, std::generic_category()};
    const bool is_full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    return fail(is_full ? ErrorCode::kExhausted : ErrorCode::kUnavailable,
                fmt::format("cannot {} {}: {}", what, path.string(), reason.message()));
}

/// Whether `descriptor` is still what is called `path`: another process may have given it its last
/// name, or taken it away, between our open() and our lock.
bool is_called(int descriptor, const fs::path& path) {
    struct stat open {};
    struct stat named {};
    return ::fstat(descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
           open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

Result<PartialFile> PartialFile::open(const fs::path& target, const std::function<void()>& on_wait,
                                      const std::stop_token& stop) {
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    if (error) {
        return failed("make the directory", target.parent_path(), error.value());
    }
    const auto path = beside(target, kPartialSuffix);
    for (bool is_waiting = false;;) {
        const int descriptor = ::open(
            path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kForEveryone);
        if (descriptor < 0) {
            return failed("write", path, errno);
        }
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
            struct stat now {};
            if (is_called(descriptor, path) && ::fstat(descriptor, &now) == 0) {
                return PartialFile{descriptor, static_cast<std::uint64_t>(now.st_size), target};
            }
            ::close(descriptor);
            continue;
        }
        const int why = errno;
        ::close(descriptor);
        if (why != EWOULDBLOCK && why != EINTR) {
            return failed("lock", path, why);
        }
        if (!std::exchange(is_waiting, true) && on_wait) {
            on_wait();
        }
        if (!pause(kLookAgain, stop)) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
    }
}

PartialFile::PartialFile(int descriptor, std::uint64_t size, fs::path target)
    : descriptor_{descriptor},
      size_{size},
      target_{std::move(target)},
      path_{beside(target_, kPartialSuffix)} {}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)},
      size_{other.size_},
      target_{std::move(other.target_)},
      path_{std::move(other.path_)} {}

PartialFile::~PartialFile() {
    if (descriptor_ < 0) {
        return;
    }
    if (size_ == 0) {
        discard();
    }
    ::close(descriptor_);
}

Result<void> PartialFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return failed("write", path_, errno);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
        size_ += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<void> PartialFile::clear() {
    if (::ftruncate(descriptor_, 0) != 0) {
        return failed("write", path_, errno);
    }
    size_ = 0;
    return {};
}

Result<void> PartialFile::finish() {
    if (::fsync(descriptor_) != 0) {
        return failed("write", path_, errno);
    }
    if (::rename(path_.c_str(), target_.c_str()) != 0) {
        return failed("write", target_, errno);
    }
    ::unlink(beside(target_, kPartialRecordSuffix).c_str());
    // The name is in the directory. Not every file system can flush one.
    const OwnedFd directory{
        ::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    static_cast<void>(::fsync(directory.get()));
    ::close(std::exchange(descriptor_, -1));
    return {};
}

void PartialFile::discard() noexcept {
    if (descriptor_ >= 0 && is_called(descriptor_, path_)) {
        ::unlink(path_.c_str());
        ::unlink(beside(target_, kPartialRecordSuffix).c_str());
    }
}

bool pause(std::chrono::milliseconds length, const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any never;
    const MutexLock lock{mutex};
    never.wait_for(mutex, stop, length, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace livedub::models
