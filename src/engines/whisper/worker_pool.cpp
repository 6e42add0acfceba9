// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/worker_pool.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engines/whisper/channel.hpp"
#include "telemetry/log.hpp"

namespace livedub::whisper {
namespace {

using std::chrono::steady_clock;

/// Loading again goes on beside the fragments: whoever wants a worker waits this long for it.
constexpr std::chrono::seconds kReloadPatience{2};

/// A process that lasted so long did not end because it was started.
constexpr std::chrono::seconds kWorkedWell{60};

}  // namespace

class WorkerPool::Turn {
  public:
    explicit Turn(WorkerPool& pool) : pool_{pool} {}  // taken already
    ~Turn() {
        {
            const MutexLock lock{pool_.mutex_};
            pool_.is_turn_taken_ = false;
        }
        pool_.changed_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    WorkerPool& pool_;
};

WorkerPool::WorkerPool(std::vector<std::string> command, int threads)
    : command_{std::move(command)},
      threads_{std::max(threads, 1)},
      free_threads_{std::max(threads, 1)} {}

Result<Ready> WorkerPool::start(SteadyTime deadline, const std::stop_token& stop) {
    {
        const MutexLock lock{mutex_};
        if (!changed_.wait(mutex_, stop,
                           [this]() LIVEDUB_REQUIRES(mutex_) { return !is_turn_taken_; })) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        is_turn_taken_ = true;
        ++generation_;
        idle_.clear();
    }
    const Turn turn{*this};
    process_.reset();
    auto started = WeightsProcess::start(command_);
    if (!started) {
        return tl::unexpected{std::move(started).error()};
    }
    process_ = std::move(*started);
    auto ready = process_->await_ready(deadline, stop);
    if (!ready) {
        process_.reset();
    }
    loaded_at_ = steady_clock::now();
    return ready;
}

/// The caller has the turn.
Result<void> WorkerPool::make_sure_it_runs(const std::stop_token& stop) {
    if (process_ != nullptr && !process_->is_running()) {
        const auto now = steady_clock::now();
        if (now - loaded_at_ > kWorkedWell) {
            process_pause_.note_success();
        }
        process_pause_.note_failure(now);
        process_.reset();
        is_loading_ = false;
        logger("whisper")->error("weights_lost");
    }
    if (process_ == nullptr) {
        if (!process_pause_.is_over(steady_clock::now())) {
            return left_alone("whisper's process", process_pause_);
        }
        {
            const MutexLock lock{mutex_};
            ++generation_;
            idle_.clear();
        }
        auto started = WeightsProcess::start(command_);
        if (!started) {
            process_pause_.note_failure(steady_clock::now());
            return tl::unexpected{std::move(started).error()};
        }
        process_ = std::move(*started);
        is_loading_ = true;
    }
    if (!is_loading_) {
        return {};
    }
    auto ready = process_->await_ready(steady_clock::now() + kReloadPatience, stop);
    if (ready) {
        is_loading_ = false;
        loaded_at_ = steady_clock::now();
        logger("whisper")->info("weights_loaded_again");
        return {};
    }
    if (ready.error().code() == ErrorCode::kTimeout) {
        return fail(ErrorCode::kUnavailable, "whisper's weights are being loaded again");
    }
    if (ready.error().code() != ErrorCode::kCancelled) {
        process_.reset();
        is_loading_ = false;
        process_pause_.note_failure(steady_clock::now());
    }
    return tl::unexpected{std::move(ready).error()};
}

Result<WorkerPool::Loan> WorkerPool::borrow(int sharers, const std::stop_token& stop) {
    const int wanted = std::max(1, threads_ / std::max(1, sharers));
    int threads = 0;
    {
        const MutexLock lock{mutex_};
        if (!changed_.wait(mutex_, stop,
                           [this]() LIVEDUB_REQUIRES(mutex_) { return free_threads_ > 0; })) {
            return fail(ErrorCode::kCancelled, "stopped");
        }
        threads = std::min(wanted, free_threads_);
        free_threads_ -= threads;
    }
    auto loan = find_worker(stop);
    if (!loan) {
        {
            const MutexLock lock{mutex_};
            free_threads_ += threads;
        }
        changed_.notify_all();
        return loan;
    }
    loan->threads = threads;
    return loan;
}

Result<WorkerPool::Loan> WorkerPool::find_worker(const std::stop_token& stop) {
    while (true) {
        Worker idle;
        {
            const MutexLock lock{mutex_};
            if (!changed_.wait(mutex_, stop, [this]() LIVEDUB_REQUIRES(mutex_) {
                    return !is_turn_taken_ || !idle_.empty();
                })) {
                return fail(ErrorCode::kCancelled, "stopped");
            }
            if (!idle_.empty()) {
                idle = std::move(idle_.back());
                idle_.pop_back();
                if (!has_news(idle.channel.get())) {
                    return Loan{.worker = std::move(idle), .process = generation_};
                }
            }
            // There is none, or it has died.
            if (!changed_.wait(mutex_, stop,
                               [this]() LIVEDUB_REQUIRES(mutex_) { return !is_turn_taken_; })) {
                return fail(ErrorCode::kCancelled, "stopped");
            }
            is_turn_taken_ = true;
        }
        const Turn turn{*this};
        if (idle.pid > 0 && process_ != nullptr) {
            logger("whisper")->warn("worker_lost state=idle how=\"{}\"",
                                    process_->end_worker(std::move(idle)));
        }
        if (auto runs = make_sure_it_runs(stop); !runs) {
            return tl::unexpected{std::move(runs).error()};
        }
        auto worker = process_->make_worker();
        if (!worker) {
            return tl::unexpected{std::move(worker).error()};
        }
        const MutexLock lock{mutex_};
        return Loan{.worker = std::move(*worker), .process = generation_};
    }
}

bool WorkerPool::is_taken_back(const Loan& loan) {
    free_threads_ += loan.threads;
    return loan.process == generation_;
}

void WorkerPool::give_back(Loan loan) {
    {
        const MutexLock lock{mutex_};
        if (is_taken_back(loan)) {
            idle_.push_back(std::move(loan.worker));
        }
    }
    changed_.notify_all();
}

std::string WorkerPool::discard(Loan loan) {
    {
        const MutexLock lock{mutex_};
        // One of an older process has died with it.
        const auto is_old = [&]() LIVEDUB_REQUIRES(mutex_) { return loan.process != generation_; };
        changed_.wait(mutex_,
                      [&]() LIVEDUB_REQUIRES(mutex_) { return !is_turn_taken_ || is_old(); });
        const bool is_alive = is_taken_back(loan);
        if (is_alive) {
            is_turn_taken_ = true;
        } else {
            loan.worker.pid = -1;
        }
    }
    changed_.notify_all();
    if (loan.worker.pid < 0) {
        return "its process ended";
    }
    const Turn turn{*this};
    return process_ == nullptr ? "its process ended" : process_->end_worker(std::move(loan.worker));
}

std::vector<pid_t> WorkerPool::pids() {
    {
        const MutexLock lock{mutex_};
        changed_.wait(mutex_, [this]() LIVEDUB_REQUIRES(mutex_) { return !is_turn_taken_; });
        is_turn_taken_ = true;
    }
    const Turn turn{*this};
    std::vector<pid_t> pids;
    if (process_ != nullptr) {
        pids.push_back(process_->pid());
    }
    const MutexLock lock{mutex_};
    for (const auto& worker : idle_) {
        pids.push_back(worker.pid);
    }
    return pids;
}

}  // namespace livedub::whisper
