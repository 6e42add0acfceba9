// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One thread that watches all deadlines of the speech side. A fragment and its running stage each
// have a limit; when it passes, something must happen although the worker is deep inside an engine.
// A thread per fragment would do it too, and be one more thing that grows with load.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace livedub::speech {

/// Any thread may call any member.
class DeadlineWatch {
  public:
    /// Names one armed deadline. A default one names none.
    struct Ticket {
        SteadyTime when;
        std::uint64_t serial = 0;

        friend bool operator<(const Ticket& a, const Ticket& b) noexcept {
            return a.when != b.when ? a.when < b.when : a.serial < b.serial;
        }
    };

    DeadlineWatch();
    ~DeadlineWatch() = default;
    DeadlineWatch(const DeadlineWatch&) = delete;
    DeadlineWatch& operator=(const DeadlineWatch&) = delete;

    /// Has `on_expiry` called once, on the watch's thread, soon after `when`, unless disarmed
    /// before. The call must be short and must own what it touches: it may come while disarm()
    /// runs elsewhere.
    [[nodiscard]] Ticket arm(SteadyTime when, std::function<void()> on_expiry)
        LIVEDUB_EXCLUDES(mutex_);

    /// Forgets a deadline. Unknown and expired tickets are fine.
    void disarm(const Ticket& ticket) LIVEDUB_EXCLUDES(mutex_);

  private:
    void run(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);

    Mutex mutex_;
    // Bounded by its users: two entries for each fragment outstanding.
    std::map<Ticket, std::function<void()>> armed_ LIVEDUB_GUARDED_BY(mutex_);
    std::uint64_t last_serial_ LIVEDUB_GUARDED_BY(mutex_) = 0;
    std::condition_variable_any earlier_;  // signalled when the first deadline may have changed

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub::speech
