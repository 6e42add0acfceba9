// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A BoundedQueue carries values from one thread to the next, in order, and is
// the only way values cross a thread boundary inside a stream's pipeline. It
// never grows past its capacity: a full queue either makes the producer wait
// (push) or costs the oldest value (push_evicting). Which of the two is used
// is decided per queue and written down in docs/threads.md.
//
// Any number of threads may call any member at once. No member calls out to
// user code while it holds the lock; values are moved in and out, and evicted
// values are destroyed by the caller.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace livedub {

enum class PushStatus {
    kAccepted = 1,
    kClosed = 2,   // close() was called; the value was not taken
    kStopped = 3,  // the stop token fired while waiting; the value was not taken
};

template <typename T>
class BoundedQueue {
  public:
    /// @param capacity Most values held at once. At least 1.
    explicit BoundedQueue(std::size_t capacity) : capacity_{capacity} {}
    ~BoundedQueue() = default;

    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    /// Appends `value`, waiting for room.
    ///
    /// Never call this on the io thread or on a GStreamer streaming thread.
    [[nodiscard]] PushStatus push(T&& value, const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_) {
        {
            const MutexLock lock{mutex_};
            const bool ready = room_.wait(mutex_, stop, [this]() LIVEDUB_REQUIRES(mutex_) {
                return closed_ || items_.size() < capacity_;
            });
            if (!ready) {
                return PushStatus::kStopped;
            }
            if (closed_) {
                return PushStatus::kClosed;
            }
            items_.push_back(std::move(value));
        }
        data_.notify_one();
        return PushStatus::kAccepted;
    }

    /// Appends `value` without ever waiting.
    ///
    /// @return What had to go, for the caller to count and destroy: the oldest
    ///         value if the queue was full, `value` itself if it was closed,
    ///         nullopt if there was room.
    [[nodiscard]] std::optional<T> push_evicting(T value) LIVEDUB_EXCLUDES(mutex_) {
        std::optional<T> evicted;
        {
            const MutexLock lock{mutex_};
            if (closed_) {
                return value;
            }
            if (items_.size() == capacity_) {
                evicted = std::move(items_.front());
                items_.pop_front();
            }
            items_.push_back(std::move(value));
        }
        data_.notify_one();
        return evicted;
    }

    /// Takes the oldest value, waiting for one.
    ///
    /// @return nullopt once the queue is closed and drained, or as soon as
    ///         `stop` fires, whichever is first. The caller tells the two apart
    ///         with stop.stop_requested().
    [[nodiscard]] std::optional<T> pop(const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_) {
        std::optional<T> value;
        {
            const MutexLock lock{mutex_};
            data_.wait(mutex_, stop,
                       [this]() LIVEDUB_REQUIRES(mutex_) { return closed_ || !items_.empty(); });
            if (stop.stop_requested() || items_.empty()) {
                return std::nullopt;
            }
            value = std::move(items_.front());
            items_.pop_front();
        }
        room_.notify_one();
        return value;
    }

    /// As pop(), but gives up at `until`: nullopt then, too.
    [[nodiscard]] std::optional<T> pop_until(SteadyTime until, const std::stop_token& stop)
        LIVEDUB_EXCLUDES(mutex_) {
        std::optional<T> value;
        {
            const MutexLock lock{mutex_};
            data_.wait_until(mutex_, stop, until, [this]() LIVEDUB_REQUIRES(mutex_) {
                return closed_ || !items_.empty();
            });
            if (stop.stop_requested() || items_.empty()) {
                return std::nullopt;
            }
            value = std::move(items_.front());
            items_.pop_front();
        }
        room_.notify_one();
        return value;
    }

    /// Refuses further values. Values already queued can still be popped, so
    /// closing the first queue of a pipeline drains it end to end.
    void close() LIVEDUB_EXCLUDES(mutex_) {
        {
            const MutexLock lock{mutex_};
            closed_ = true;
        }
        data_.notify_all();
        room_.notify_all();
    }

    [[nodiscard]] std::size_t size() const LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return items_.size();
    }

  private:
    const std::size_t capacity_;

    mutable Mutex mutex_;
    std::deque<T> items_ LIVEDUB_GUARDED_BY(mutex_);
    bool closed_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::condition_variable_any data_;  // signalled when there is something to pop
    std::condition_variable_any room_;  // signalled when there is room to push
};

}  // namespace livedub
