// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/deadline_watch.hpp"

#include "base/thread_name.hpp"

namespace livedub::speech {

DeadlineWatch::DeadlineWatch()
    : thread_{[this](const std::stop_token& stop) {
          name_this_thread("dub-deadline");
          run(stop);
      }} {}

DeadlineWatch::Ticket DeadlineWatch::arm(SteadyTime when, std::function<void()> on_expiry) {
    Ticket ticket{.when = when};
    {
        const MutexLock lock{mutex_};
        ticket.serial = ++last_serial_;
        armed_.emplace(ticket, std::move(on_expiry));
    }
    earlier_.notify_one();
    return ticket;
}

void DeadlineWatch::disarm(const Ticket& ticket) {
    std::function<void()> dropped;  // destroyed outside the lock: it may own a whole fragment
    const MutexLock lock{mutex_};
    if (const auto found = armed_.find(ticket); found != armed_.end()) {
        dropped = std::move(found->second);
        armed_.erase(found);
    }
}

void DeadlineWatch::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::function<void()> due;
        {
            const MutexLock lock{mutex_};
            if (armed_.empty()) {
                earlier_.wait(mutex_, stop,
                              [this]() LIVEDUB_REQUIRES(mutex_) { return !armed_.empty(); });
                continue;
            }
            const auto first = armed_.begin();
            const auto when = first->first.when;
            if (std::chrono::steady_clock::now() < when) {
                earlier_.wait_until(mutex_, stop, when, [this, when]() LIVEDUB_REQUIRES(mutex_) {
                    return armed_.empty() || armed_.begin()->first.when < when;
                });
                continue;
            }
            due = std::move(first->second);
            armed_.erase(first);
        }
        due();
    }
}

}  // namespace livedub::speech
