// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Outcomes come from several threads, and whoever asked wants them one at a time.

#pragma once

#include <condition_variable>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"

namespace livedub::segments {

/// Any thread.
class Outbox {
  public:
    explicit Outbox(OnOutcome on_outcome) : on_outcome_{std::move(on_outcome)} {}
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    ~Outbox() = default;

    /// Calls on_outcome with it, now, or leaves it to the thread that is in such a call already.
    void deliver(DubOutcome outcome) LIVEDUB_EXCLUDES(mutex_);

    /// No call begins after this, and none runs in another thread.
    void close() LIVEDUB_EXCLUDES(mutex_);

  private:
    const OnOutcome on_outcome_;

    Mutex mutex_;
    std::deque<DubOutcome> waiting_ LIVEDUB_GUARDED_BY(mutex_);  // no more than were asked for
    std::optional<std::thread::id> delivering_ LIVEDUB_GUARDED_BY(mutex_);
    bool is_closed_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::condition_variable_any idle_;
};

}  // namespace livedub::segments
