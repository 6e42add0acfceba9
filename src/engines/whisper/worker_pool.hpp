// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Workers, lent for one fragment at a time, with so many threads that all of them together leave a
// core to the packets. What has died is made again: a worker at once (who keeps killing them is the
// borrower's to know), the process with the weights when it has been left alone for a while.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "engines/whisper/restart_pause.hpp"
#include "engines/whisper/weights_process.hpp"

namespace livedub::whisper {

/// Thread-safe; outlives its loans.
class WorkerPool {
  public:
    /// A worker and the threads that it may use. Has to come back.
    struct Loan {
        Worker worker;
        int threads = 1;
        std::uint64_t process = 0;  // which of the processes made it
    };

    /// @param threads Of all workers together, at least 1: each uses one or more.
    WorkerPool(std::vector<std::string> command, int threads);
    ~WorkerPool() = default;
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Loads the weights.
    ///
    /// Errors: those of WeightsProcess.
    [[nodiscard]] Result<Ready> start(SteadyTime deadline, const std::stop_token& stop)
        LIVEDUB_EXCLUDES(mutex_);

    /// Waits for a thread that nobody uses, and takes or makes a worker.
    ///
    /// @param sharers Streams that may want to work at the same time.
    ///
    /// Errors: kCancelled when `stop` fires; kUnavailable while the process with the weights is
    /// gone and left alone, or is loading them again; kExhausted.
    [[nodiscard]] Result<Loan> borrow(int sharers, const std::stop_token& stop)
        LIVEDUB_EXCLUDES(mutex_);

    /// To be lent again.
    void give_back(Loan loan) LIVEDUB_EXCLUDES(mutex_);

    /// Ends the worker. Says how it ended.
    std::string discard(Loan loan) LIVEDUB_EXCLUDES(mutex_);

    /// The process with the weights, then all workers that are not lent: for tests.
    [[nodiscard]] std::vector<pid_t> pids() LIVEDUB_EXCLUDES(mutex_);

  private:
    /// Whoever has it may talk to the process; the others wait.
    class Turn;

    [[nodiscard]] Result<void> make_sure_it_runs(const std::stop_token& stop);
    [[nodiscard]] Result<Loan> find_worker(const std::stop_token& stop);
    [[nodiscard]] bool is_taken_back(const Loan& loan) LIVEDUB_REQUIRES(mutex_);

    // Constant after construction.
    const std::vector<std::string> command_;
    const int threads_;

    // Whoever has the turn.
    std::unique_ptr<WeightsProcess> process_;
    bool is_loading_ = false;
    SteadyTime loaded_at_;
    RestartPause process_pause_;

    Mutex mutex_;
    bool is_turn_taken_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::uint64_t generation_ LIVEDUB_GUARDED_BY(mutex_) = 0;  // of process_
    int free_threads_ LIVEDUB_GUARDED_BY(mutex_);
    std::vector<Worker> idle_ LIVEDUB_GUARDED_BY(mutex_);  // all of this generation
    std::condition_variable_any changed_;
};

}  // namespace livedub::whisper
