// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Stops asking somebody who keeps failing, and tries again later with one attempt at a time.

#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"

namespace livedub::sts_client {

struct BreakerLimits {
    int threshold = 5;                            // failures in a row that open it; at least 1
    std::chrono::milliseconds open_time{30'000};  // until one probe may try
};

/// Exported as a metric: the values are the contract's.
enum class BreakerState {
    kClosed = 0,
    kHalfOpen = 1,
    kOpen = 2,
};

/// What kind of attempt was let through.
enum class Attempt {
    kOrdinary = 1,
    kProbe = 2,  // the one that a half-open breaker waits for
};

/// Not thread-safe.
class CircuitBreaker {
  public:
    CircuitBreaker(BreakerLimits limits, const Clock& clock);

    /// Asks for one attempt; nullopt: not now. Each attempt let through is answered by exactly one
    /// of succeed, fail and abandon.
    [[nodiscard]] std::optional<Attempt> admit();

    /// Closes it, whatever its state.
    void succeed();
    void fail(Attempt attempt);
    /// The attempt ended without saying anything about the other side.
    void abandon(Attempt attempt);

    [[nodiscard]] BreakerState state() const noexcept { return state_; }

  private:
    void open();

    // Given at construction; outlives this.
    const Clock& clock_;

    // Constant after construction.
    const BreakerLimits limits_;

    BreakerState state_ = BreakerState::kClosed;
    int failures_ = 0;  // in a row
    SteadyTime open_until_;
    bool has_probe_ = false;
};

}  // namespace livedub::sts_client
