// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A chain of child programs joined by pipes and kept running, spoken to in NUL-terminated messages:
// one in, one out. No shell; its own process group, so it is ended as a whole; every descriptor is
// close-on-exec on our side and nothing of ours is inherited; no child outlives the object.

#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.hpp"
#include "base/owned_fd.hpp"
#include "base/result.hpp"

namespace livedub::apertium {

/// Not thread-safe: one call at a time.
class ChildPipeline {
  public:
    /// Most bytes of one answer; more means that the chain runs wild.
    static constexpr std::size_t kMaxAnswer = 1U << 20U;

    /// Starts `commands`, first to last (program found through PATH).
    ///
    /// Errors: kUnavailable, naming the program that did not start.
    static Result<std::unique_ptr<ChildPipeline>> start(
        const std::vector<std::vector<std::string>>& commands);

    /// Kills what still runs and waits for it.
    ~ChildPipeline();
    ChildPipeline(const ChildPipeline&) = delete;
    ChildPipeline& operator=(const ChildPipeline&) = delete;

    /// Sends `message` (without NUL) and returns the answer up to its NUL. Notices `stop` within
    /// 20 ms.
    ///
    /// After any error the conversation is out of step: destroy this object.
    ///
    /// Errors: kTimeout, kCancelled, kUnavailable (a program of the chain ended), kInternal.
    Result<std::string> exchange(std::string_view message, SteadyTime deadline,
                                 const std::stop_token& stop);

    [[nodiscard]] bool all_running() const;

    /// First to last; for tests and diagnostics.
    [[nodiscard]] const std::vector<pid_t>& pids() const noexcept { return pids_; }

  private:
    ChildPipeline() = default;

    Result<void> spawn(const std::vector<std::string>& command, int in, int out);

    OwnedFd to_first_;   // a socket, so that writing to a dead chain raises no SIGPIPE
    OwnedFd from_last_;  // a pipe
    std::vector<pid_t> pids_;
};

}  // namespace livedub::apertium
