// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The threads that decode, encode and wait for engines' answers to be put into words: everything
// that takes longer than the io thread may be kept. Work is posted to lines; the tasks of one line
// run one after the other and in order, those of different lines side by side.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/mutex.hpp"

namespace livedub::sts_session {

class WorkerPool {
  public:
    using Task = std::function<void()>;
    class Line;
    // Shared: a line's last task may outlive whoever posted it.
    using LinePtr = std::shared_ptr<Line>;

    explicit WorkerPool(std::size_t threads);
    /// Lets running tasks finish and drops the others.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] static LinePtr make_line();

    /// Lets running tasks finish; no other is begun from now on. What the tasks touched is the
    /// caller's afterwards.
    void stop();

    /// Any thread. A line's length is bounded by its users: a few tasks for each fragment
    /// outstanding.
    void post(const LinePtr& line, Task task) LIVEDUB_EXCLUDES(mutex_);

  private:
    void work(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);

    Mutex mutex_;  // also guards what is in lines
    // Lines with tasks and no worker, each once: the one that waited longest is next.
    std::deque<LinePtr> ready_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any work_;  // signalled when ready_ has something

    // Threads, last: joined first.
    std::vector<std::jthread> workers_;
};

}  // namespace livedub::sts_session
