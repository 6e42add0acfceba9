// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// When the next fragment may leave: at most so many unanswered ones, and not while the other side
// asks for a pause.

#pragma once

#include <chrono>
#include <optional>

#include "base/clock.hpp"
#include "contract/session_messages.hpp"

namespace livedub::sts_client {

/// The longest pause that is obeyed without being told again.
inline constexpr std::chrono::seconds kLongestPause{30};

enum class SendVerdict {
    kOpen = 1,
    kFull = 2,  // as many outstanding as may be
    kHeld = 3,  // told to slow down or to pause
};

/// Not thread-safe.
class SendWindow {
  public:
    /// @param most Outstanding at once, whatever the server would allow.
    SendWindow(int most, const Clock& clock);

    /// A new session: nothing is held, and the server has said how many it takes.
    void restart(int server_most);

    /// slow_down holds the next one for the delay it recommends; pause holds until `none`, at most
    /// kLongestPause. Unknown actions change nothing.
    void obey(const contract::Backpressure& backpressure);

    [[nodiscard]] SendVerdict verdict(int outstanding) const;

    /// When a hold ends by itself; nullopt: nothing is held.
    [[nodiscard]] std::optional<SteadyTime> held_until() const;

  private:
    // Given at construction; outlives this.
    const Clock& clock_;

    // Constant after construction.
    const int most_;

    int limit_;
    std::optional<SteadyTime> paused_until_;
    std::optional<SteadyTime> delayed_until_;
};

}  // namespace livedub::sts_client
