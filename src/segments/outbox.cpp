// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/outbox.hpp"

namespace livedub::segments {

void Outbox::deliver(DubOutcome outcome) {
    {
        const MutexLock lock{mutex_};
        if (is_closed_) {
            return;
        }
        waiting_.push_back(std::move(outcome));
        if (delivering_) {
            return;
        }
        delivering_ = std::this_thread::get_id();
    }
    for (;;) {
        DubOutcome next;
        {
            const MutexLock lock{mutex_};
            if (waiting_.empty()) {
                delivering_.reset();
                idle_.notify_all();  // under the lock: without it, this may be gone already
                return;
            }
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        on_outcome_(std::move(next));
    }
}

void Outbox::close() {
    const MutexLock lock{mutex_};
    is_closed_ = true;
    waiting_.clear();
    if (delivering_ == std::this_thread::get_id()) {
        return;  // closed from within the call that would be waited for
    }
    // A callback must not block, so this wait ends.
    idle_.wait(mutex_, [this]() LIVEDUB_REQUIRES(mutex_) { return !delivering_.has_value(); });
}

}  // namespace livedub::segments
