// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The process that holds the weights, seen from this side. It never computes; it makes workers that
// do, as copies of itself, and ends them. So whatever happens while sound is recognised (the
// library calls abort() on many occasions, and the system may take the memory) happens to one
// worker.

#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.hpp"
#include "base/owned_fd.hpp"
#include "base/result.hpp"
#include "engines/whisper/messages.hpp"

namespace livedub::whisper {

/// One that recognises sound: its channel, and its number for the process that made it.
struct Worker {
    OwnedFd channel;
    pid_t pid = -1;
};

/// Not thread-safe.
class WeightsProcess {
  public:
    /// Starts `command` (its first word is a file, or found through PATH) and does not wait.
    ///
    /// Errors: kUnavailable when it cannot be started, kExhausted.
    [[nodiscard]] static Result<std::unique_ptr<WeightsProcess>> start(
        const std::vector<std::string>& command);

    /// Kills it, and with it all workers.
    ~WeightsProcess();
    WeightsProcess(const WeightsProcess&) = delete;
    WeightsProcess& operator=(const WeightsProcess&) = delete;

    /// Waits until the weights are loaded. After kTimeout or kCancelled it may be asked again.
    ///
    /// Errors: kTimeout, kCancelled; the worker's own (kUnavailable, kExhausted); kUnavailable when
    /// it ended, with what it said last.
    [[nodiscard]] Result<Ready> await_ready(SteadyTime deadline, const std::stop_token& stop);

    /// Errors: kUnavailable when the process has ended, kExhausted.
    [[nodiscard]] Result<Worker> make_worker();

    /// Kills `worker` if it still runs. How it ended, for people: "signal 6 (Aborted): what it said
    /// last".
    [[nodiscard]] std::string end_worker(Worker worker);

    /// False once it has ended.
    [[nodiscard]] bool is_running() const;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  private:
    WeightsProcess(pid_t pid, OwnedFd channel, OwnedFd said);

    [[nodiscard]] Result<Message> ask(const Message& question, int passed = -1);
    [[nodiscard]] std::string last_line() const;
    /// Why nothing comes from it any more.
    [[nodiscard]] Error ended();

    // Constant after construction.
    const pid_t pid_;
    const OwnedFd channel_;
    const OwnedFd said_;  // its standard error and that of all workers, in memory

    bool is_reaped_ = false;
    std::string end_;  // how it ended, once reaped
};

}  // namespace livedub::whisper
