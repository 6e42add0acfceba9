// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/worker_pool.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/thread_name.hpp"

namespace livedub::sts_session {

class WorkerPool::Line {
  public:
    // Guarded by the pool's mutex.
    std::deque<Task> tasks;
    bool is_scheduled = false;  // in ready_ or with a worker
};

WorkerPool::WorkerPool(std::size_t threads) {
    for (std::size_t n = 0; n < threads; ++n) {
        workers_.emplace_back([this, n](const std::stop_token& stop) {
            name_this_thread(fmt::format("dub-wrk-{}", n));
            work(stop);
        });
    }
}

void WorkerPool::stop() {
    for (auto& worker : workers_) {
        worker.request_stop();
    }
    workers_.clear();
}

WorkerPool::~WorkerPool() {
    stop();
    // Tasks hold what they work for, so dropping them may run destructors: not under the lock.
    std::deque<LinePtr> dropped;
    {
        const MutexLock lock{mutex_};
        dropped.swap(ready_);
    }
    for (const auto& line : dropped) {
        const auto tasks = std::exchange(line->tasks, {});
    }
}

WorkerPool::LinePtr WorkerPool::make_line() {
    return std::make_shared<Line>();
}

void WorkerPool::post(const LinePtr& line, Task task) {
    {
        const MutexLock lock{mutex_};
        line->tasks.push_back(std::move(task));
        if (line->is_scheduled) {
            return;
        }
        line->is_scheduled = true;
        ready_.push_back(line);
    }
    work_.notify_one();
}

void WorkerPool::work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        LinePtr line;
        Task task;
        {
            const MutexLock lock{mutex_};
            if (!work_.wait(mutex_, stop,
                            [this]() LIVEDUB_REQUIRES(mutex_) { return !ready_.empty(); }) ||
                stop.stop_requested()) {
                return;
            }
            line = std::move(ready_.front());
            ready_.pop_front();
            task = std::move(line->tasks.front());
            line->tasks.pop_front();
        }
        task();
        task = nullptr;
        {
            const MutexLock lock{mutex_};
            line->is_scheduled = !line->tasks.empty();
            if (!line->is_scheduled) {
                continue;
            }
            ready_.push_back(std::move(line));
        }
        work_.notify_one();
    }
}

}  // namespace livedub::sts_session
