// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How many fragments a minute one stream may send.

#pragma once

#include <cstddef>
#include <deque>

#include "base/clock.hpp"

namespace livedub::sts_session {

class RateLimit {
  public:
    /// @param per_minute 0: no limit.
    explicit RateLimit(std::size_t per_minute) : per_minute_{per_minute} {}

    /// Counts one more at `now`, if that is allowed.
    [[nodiscard]] bool try_take(SteadyTime now);

  private:
    const std::size_t per_minute_;
    std::deque<SteadyTime> taken_;  // within the last minute; at most per_minute_
};

}  // namespace livedub::sts_session
