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

    /// The moment that happens at `now`.
    [[nodiscard]] StreamTime moment(SteadyTime now) const { return StreamTime{now - *origin_}; }

  private:
    std::optional<SteadyTime> origin_;
    std::optional<SteadyTime> settled_at_;  // until then the origin snaps to the fastest packet

    SteadyTime window_end_;
    std::optional<SteadyTime> window_fastest_;
};

}  // namespace livedub
