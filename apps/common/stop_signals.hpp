// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How a program hears that it should end.

#pragma once

#include <chrono>
#include <csignal>

namespace livedub {

/// SIGINT and SIGTERM, taken by wait() and nobody else. Made before any thread, which inherit the
/// mask.
class StopSignals {
  public:
    StopSignals();

    /// Returns when the first of them has come.
    void wait() const;

    /// As wait(), for at most `limit`. False: none has come.
    [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) const;

  private:
    sigset_t set_{};
};

}  // namespace livedub
