// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/rate_limit.hpp"

#include <chrono>

namespace livedub::sts_session {

bool RateLimit::try_take(SteadyTime now) {
    if (per_minute_ == 0) {
        return true;
    }
    while (!taken_.empty() && now - taken_.front() >= std::chrono::minutes{1}) {
        taken_.pop_front();
    }
    if (taken_.size() >= per_minute_) {
        return false;
    }
    taken_.push_back(now);
    return true;
}

}  // namespace livedub::sts_session
