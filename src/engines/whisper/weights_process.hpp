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
#include "child/child_process.hpp"
#include "engines/whisper/messages.hpp"

namespace livedub::whisper {

/// One that recognises sound: its channel, and its number for the process that made it.
struct Worker {
    OwnedFd channel;
    pid_t pid = -1;
};

/// Not thread-safe. When it is forgotten the process is killed, and with it all workers.
class WeightsProcess {
  public:
    /// Starts `command` (its first word is a file, or found through PATH) and does not wait.
    ///
    /// Errors: kUnavailable when it cannot be started, kExhausted.
    [[nodiscard]] static Result<std::unique_ptr<WeightsProcess>> start(
        const std::vector<std::string>& command);

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
    [[nodiscard]] bool is_running() const { return child_->is_running(); }

    [[nodiscard]] pid_t pid() const noexcept { return child_->pid(); }

  private:
    WeightsProcess(OwnedFd channel, std::unique_ptr<child::ChildProcess> child);

    [[nodiscard]] Result<Message> ask(const Message& question, int passed = -1);
    /// Why nothing comes from it any more.
    [[nodiscard]] Error ended();

    // Constant after construction.
    const OwnedFd channel_;
    const std::unique_ptr<child::ChildProcess> child_;  // all workers write to its standard error

    std::string end_;  // how it ended, once it has
};

}  // namespace livedub::whisper
