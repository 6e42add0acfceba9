// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which wall-clock instant belongs to which moment of a stream. Moment t is due at origin + t +
// delay. The origin is where packets that travelled fastest would put time zero: network jitter
// only ever makes packets late, so the smallest (arrival - t) is the best estimate. A sender's
// clock is never quite ours (50 ppm is 180 ms an hour), so the origin follows it, slowly enough
// that nobody hears or sees it.

#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"
#include "media/stream_time.hpp"

namespace livedub {

/// Not thread-safe.
class PaceClock {
  public:
    /// Notes that the packet of moment `t` arrived at `now`.
    void arrived(StreamTime t, SteadyTime now);

    /// True once anything has arrived; nothing below may be called before.
    [[nodiscard]] bool is_set() const noexcept { return origin_.has_value(); }

    /// The instant at which moment `t` happened at the sender, in our wall-clock time.
    [[nodiscard]] SteadyTime instant(StreamTime t) const { return *origin_ + t.time_since_epoch(); }

    /// By how much everything has been late for two seconds without catching up, as after a pause
    /// of the sender whose timestamps know nothing of it; zero: it has not. Asking forgets it.
    [[nodiscard]] SteadyDuration take_stall() noexcept;

    /// The moment that happens at `now`.
    [[nodiscard]] StreamTime moment(SteadyTime now) const { return StreamTime{now - *origin_}; }

  private:
    void watch_for_stall(SteadyDuration late, SteadyTime now);

    std::optional<SteadyTime> origin_;
    std::optional<SteadyTime> settled_at_;  // until then the origin snaps to the fastest packet

    SteadyTime window_end_;
    std::optional<SteadyTime> window_fastest_;

    // How late the least late packet was, second by second.
    SteadyTime second_end_;
    std::optional<SteadyDuration> least_late_;
    std::optional<SteadyDuration> least_late_before_;
    SteadyDuration stall_{0};
};

}  // namespace livedub
