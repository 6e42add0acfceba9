// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Wall-clock time as a parameter. Whatever waits or measures takes a Clock&, so tests turn the
// hands themselves and never sleep.

#pragma once

#include <atomic>
#include <chrono>

namespace livedub {

using SteadyTime = std::chrono::steady_clock::time_point;
using SteadyDuration = std::chrono::steady_clock::duration;

/// A monotonic clock. Any thread.
class Clock {
  public:
    Clock() = default;
    virtual ~Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;

    [[nodiscard]] virtual SteadyTime now() const noexcept = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] SteadyTime now() const noexcept override {
        return std::chrono::steady_clock::now();
    }
};

/// Stands still until advanced. Any thread.
class FakeClock final : public Clock {
  public:
    [[nodiscard]] SteadyTime now() const noexcept override {
        return SteadyTime{SteadyDuration{since_start_.load()}};
    }
    void advance(SteadyDuration by) noexcept { since_start_ += by.count(); }

  private:
    std::atomic<SteadyDuration::rep> since_start_{0};
};

}  // namespace livedub
