// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a stream's client is told to hold back (external contract, 1.8).

#pragma once

#include <cstddef>
#include <optional>

#include "contract/session_messages.hpp"

namespace livedub::sts_session {

struct BackpressureLimits {
    bool is_enabled = true;

    enum class Measure {
        kOutstanding =
            1,      // fragments outstanding; a level's limit is the highest that belongs to it
        kLoad = 2,  // fragments outstanding / max_inflight; a limit is the lowest of its level
    };
    Measure measure = Measure::kOutstanding;

    // kOutstanding:
    std::size_t most_at_low = 3;
    std::size_t most_at_medium = 6;

    // kLoad:
    double medium_load = 0.7;
    double high_load = 0.9;

    int slow_down_ms = 500;
    int pause_ms = 2'000;
};

/// What a stream carries at a moment.
struct StreamLoad {
    std::size_t outstanding = 0;
    std::size_t held = 0;  // finished results that wait for their turn
    int max_inflight = 3;
};

/// Remembers what the client was told, so that only changes are.
class BackpressureLevel {
  public:
    explicit BackpressureLevel(BackpressureLimits limits) : limits_{limits} {}

    /// The event to send now, without its stream_id; nullopt while the advice stays the same.
    [[nodiscard]] std::optional<contract::Backpressure> update(const StreamLoad& load);
    /// Nothing holds any more: takes back what the client was told.
    [[nodiscard]] std::optional<contract::Backpressure> release(int max_inflight);

  private:
    enum class Action {
        kNone = 1,
        kSlowDown = 2,
        kPause = 3,
    };
    [[nodiscard]] Action action_for(const StreamLoad& load) const;
    [[nodiscard]] std::optional<contract::Backpressure> tell(Action action, const StreamLoad& load);

    const BackpressureLimits limits_;
    Action told_ = Action::kNone;
};

}  // namespace livedub::sts_session
