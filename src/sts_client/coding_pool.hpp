// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A few threads that encode, decode and parse, so that the io thread does not.

#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/bounded_queue.hpp"

namespace livedub::sts_client {

class CodingPool {
  public:
    using Job = std::function<void()>;

    /// @param capacity Jobs that may wait.
    CodingPool(std::size_t threads, std::size_t capacity);
    /// Drops what waits and lets what runs finish.
    ~CodingPool();
    CodingPool(const CodingPool&) = delete;
    CodingPool& operator=(const CodingPool&) = delete;

    /// Has `job` run soon, on one of the threads. Never waits: false when too many wait already.
    /// Any thread.
    [[nodiscard]] bool try_submit(Job job);

  private:
    void run(const std::stop_token& stop, std::size_t index);

    // Constant after construction.
    const std::size_t capacity_;

    std::atomic<std::size_t> waiting_{0};  // at most capacity_: so the queue never evicts
    BoundedQueue<Job> jobs_;

    std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace livedub::sts_client
