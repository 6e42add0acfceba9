// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One ffmpeg or ffprobe with a pipe to or from it. Started without a shell, in a process group of
// its own (so that Ctrl-C reaches us alone and we decide what to end), and never left behind.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/mutex.hpp"
#include "base/result.hpp"

namespace livedub::file_dub {

enum class Pipe {
    kFromChild = 1,  // its standard output is read()
    kToChild = 2,    // its standard input is write()
};

/// One thread, except kill().
class ChildProcess {
  public:
    /// @param arguments The program, found on the PATH, then its arguments.
    ///
    /// Errors: kUnavailable, naming the program when it is not installed.
    [[nodiscard]] static Result<std::unique_ptr<ChildProcess>> start(
        std::vector<std::string> arguments, Pipe pipe);

    /// Kills the child if it still runs.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Fills `bytes`, less only at the end of what the child says.
    ///
    /// Errors: kInternal.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes) const;

    /// Errors: kUnavailable when the child has gone; wait() tells why.
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes) const;

    /// Closes the pipe and waits until the child ends by itself.
    ///
    /// Errors: kInternal with the last line it wrote to its standard error, unless it exited with
    /// 0.
    [[nodiscard]] Result<void> wait() LIVEDUB_EXCLUDES(mutex_);

    /// Ends the child now. Any thread, any number of times.
    void kill() LIVEDUB_EXCLUDES(mutex_);

  private:
    ChildProcess(pid_t pid, int pipe, int messages);

    /// Its exit status, once.
    int reap() LIVEDUB_EXCLUDES(mutex_);
    [[nodiscard]] std::string last_message() const;

    // Constant after construction.
    const pid_t pid_;
    const int messages_;  // its standard error, in memory

    int pipe_;  // -1 once closed

    Mutex mutex_;
    bool is_reaped_ LIVEDUB_GUARDED_BY(mutex_) = false;  // the pid may be somebody else's now
};

}  // namespace livedub::file_dub
