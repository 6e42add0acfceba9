// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// SIGINT and SIGTERM as a stop request, for commands that do one thing and end.

#pragma once

#include <stop_token>
#include <thread>

#include "common/stop_signals.hpp"

namespace livedub {

/// Made before any thread, which inherit the mask.
class Interruption {
  public:
    Interruption();

    [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

  private:
    StopSignals signals_;
    std::stop_source stop_;
    std::jthread waiter_;  // last: joined first
};

}  // namespace livedub
