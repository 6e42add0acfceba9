// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A file that is coming: beside the one that it will be, with one writer at a time. Whoever is
// second waits; the lock is the system's and ends with its process, whatever that dies of.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.hpp"

namespace livedub::models {

class PartialFile {
  public:
    /// Opens what there is so far of `target`, its directory made if need be, and waits while
    /// another process has it. Looks every quarter of a second; `on_wait` is told once.
    ///
    /// Errors: kUnavailable, naming the file and why; kCancelled.
    [[nodiscard]] static Result<PartialFile> open(const std::filesystem::path& target,
                                                  const std::function<void()>& on_wait,
                                                  const std::stop_token& stop);

    PartialFile(PartialFile&& other) noexcept;
    PartialFile& operator=(PartialFile&&) = delete;
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    /// Leaves what is there for a later try; nothing, when nothing is.
    ~PartialFile();

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    // Errors of these: kExhausted (no room), kUnavailable, naming the file and why.

    [[nodiscard]] Result<void> append(std::string_view bytes);
    [[nodiscard]] Result<void> clear();
    /// Flushes it to the medium and gives it the name that it will have; what is known of the part
    /// goes. Nothing but destruction comes after.
    [[nodiscard]] Result<void> finish();

    /// Takes it away: it is of no use.
    void discard() noexcept;

  private:
    PartialFile(int descriptor, std::uint64_t size, std::filesystem::path target);

    int descriptor_;
    std::uint64_t size_;
    std::filesystem::path target_;
    std::filesystem::path path_;
};

/// @return False as soon as `stop` fires.
[[nodiscard]] bool pause(std::chrono::milliseconds length, const std::stop_token& stop);

}  // namespace livedub::models
