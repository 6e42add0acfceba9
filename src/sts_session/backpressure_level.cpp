// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/backpressure_level.hpp"

#include <algorithm>

namespace livedub::sts_session {

BackpressureLevel::Action BackpressureLevel::action_for(const StreamLoad& load) const {
    if (limits_.measure == BackpressureLimits::Measure::kOutstanding) {
        if (load.outstanding <= limits_.most_at_low) {
            return Action::kNone;
        }
        return load.outstanding <= limits_.most_at_medium ? Action::kSlowDown : Action::kPause;
    }
    const double share =
        static_cast<double>(load.outstanding) / static_cast<double>(std::max(1, load.max_inflight));
    if (share < limits_.medium_load) {
        return Action::kNone;
    }
    return share < limits_.high_load ? Action::kSlowDown : Action::kPause;
}

std::optional<contract::Backpressure> BackpressureLevel::update(const StreamLoad& load) {
    if (!limits_.is_enabled) {
        return std::nullopt;
    }
    return tell(action_for(load), load);
}

std::optional<contract::Backpressure> BackpressureLevel::release(int max_inflight) {
    return tell(Action::kNone, {.max_inflight = max_inflight});
}

std::optional<contract::Backpressure> BackpressureLevel::tell(Action action,
                                                              const StreamLoad& load) {
    if (action == told_) {
        return std::nullopt;
    }
    told_ = action;
    contract::Backpressure event;
    event.severity = "low";
    event.action = "none";
    event.current_inflight = static_cast<int>(load.outstanding);
    event.max_inflight = load.max_inflight;
    event.queue_depth = static_cast<int>(load.held);
    if (action == Action::kSlowDown) {
        event.severity = "medium";
        event.action = "slow_down";
        event.recommended_delay_ms = limits_.slow_down_ms;
    } else if (action == Action::kPause) {
        event.severity = "high";
        event.action = "pause";
        event.recommended_delay_ms = limits_.pause_ms;
    }
    if (action != Action::kNone) {
        event.threshold_exceeded = event.severity;
    }
    return event;
}

}  // namespace livedub::sts_session
