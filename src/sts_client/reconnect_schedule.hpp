// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before connecting again: longer after each failure, never in step with others.

#pragma once

#include <chrono>

namespace livedub::sts_client {

/// 2, 4, 8, 16, 32 s, then always 32 s; each up to 10 % shorter or longer.
class ReconnectSchedule {
  public:
    /// The wait before the next attempt.
    /// @param random Within [0, 1).
    [[nodiscard]] std::chrono::milliseconds next(double random);

    /// As many attempts in a row as there are different waits have been made.
    [[nodiscard]] bool is_exhausted() const noexcept { return attempts_ >= kSteps; }

    void succeed() noexcept { attempts_ = 0; }

  private:
    static constexpr int kSteps = 5;

    int attempts_ = 0;  // since the last success
};

}  // namespace livedub::sts_client
