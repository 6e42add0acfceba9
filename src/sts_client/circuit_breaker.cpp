// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/circuit_breaker.hpp"

namespace livedub::sts_client {

CircuitBreaker::CircuitBreaker(BreakerLimits limits, const Clock& clock)
    : clock_{clock}, limits_{limits} {}

std::optional<Attempt> CircuitBreaker::admit() {
    if (state_ == BreakerState::kClosed) {
        return Attempt::kOrdinary;
    }
    if (state_ == BreakerState::kOpen) {
        if (clock_.now() < open_until_) {
            return std::nullopt;
        }
        state_ = BreakerState::kHalfOpen;
        has_probe_ = false;
    }
    if (has_probe_) {
        return std::nullopt;
    }
    has_probe_ = true;
    return Attempt::kProbe;
}

void CircuitBreaker::succeed() {
    state_ = BreakerState::kClosed;
    failures_ = 0;
    has_probe_ = false;
}

void CircuitBreaker::fail(Attempt attempt) {
    if (state_ == BreakerState::kClosed) {
        if (++failures_ >= limits_.threshold) {
            open();
        }
    } else if (state_ == BreakerState::kHalfOpen && attempt == Attempt::kProbe) {
        open();
    }
    // Else it was sent before the breaker opened: old news.
}

void CircuitBreaker::abandon(Attempt attempt) {
    if (attempt == Attempt::kProbe) {
        has_probe_ = false;
    }
}

void CircuitBreaker::open() {
    state_ = BreakerState::kOpen;
    open_until_ = clock_.now() + limits_.open_time;
    failures_ = 0;
    has_probe_ = false;
}

}  // namespace livedub::sts_client
