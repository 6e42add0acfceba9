// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A program of our own that may end by itself, as when a library in it calls abort(): started,
// awaited, ended, and how it ended.

#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/clock.hpp"
#include "base/owned_fd.hpp"
#include "base/result.hpp"

namespace livedub::child {

struct Command {
    std::vector<std::string> words;        // the first is a file, or found through PATH
    std::vector<std::string> variables{};  // "NAME=value", instead of what this process has
    int input = -1;                        // its standard input; -1: nothing
};

/// Not thread-safe.
class ChildProcess {
  public:
    /// Starts it and does not wait: in a group of its own, without other descriptors of ours. What
    /// it writes to its standard output is lost.
    ///
    /// Errors: kUnavailable, naming the program, when it cannot be started; kExhausted.
    [[nodiscard]] static Result<std::unique_ptr<ChildProcess>> start(const Command& command);

    /// Kills it.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    /// False once it has ended.
    [[nodiscard]] bool is_running() const;

    /// Waits until it has ended; false when it still runs at `deadline`.
    [[nodiscard]] bool await_end(SteadyTime deadline) const;

    /// Kills it if it still runs. What waitpid() says of it.
    int end();

    /// Of what it wrote to its standard error, the end.
    [[nodiscard]] std::string last_line() const;

  private:
    ChildProcess(pid_t pid, OwnedFd said);

    // Constant after construction.
    const pid_t pid_;
    const OwnedFd said_;  // its standard error, in memory

    bool is_reaped_ = false;
    int status_ = SIGKILL;  // once reaped; so where the system does not say
};

/// For people: "signal 6 (Aborted): what it said last".
///
/// @param status As waitpid() says it.
[[nodiscard]] std::string how_it_ended(int status, const std::string& last_line);

/// `name` beside the running program, else in the folder of programs for programs, else to be found
/// through PATH.
[[nodiscard]] std::string find_program(std::string_view name);

}  // namespace livedub::child
