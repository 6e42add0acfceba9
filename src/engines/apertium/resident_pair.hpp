// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One language pair: its programs, started when needed, and the turns of those who use them.

#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "engines/apertium/child_pipeline.hpp"
#include "engines/apertium/mode_file.hpp"

namespace livedub::apertium {

/// Thread-safe.
class ResidentPair {
  public:
    /// Wait after the second failure in a row; doubles up to the maximum. The first restart is
    /// free.
    static constexpr std::chrono::milliseconds kFirstBackoff{100};
    static constexpr std::chrono::milliseconds kMaxBackoff{5000};

    explicit ResidentPair(std::vector<Command> commands) : commands_{std::move(commands)} {}

    /// Waits for its turn, then sends `message` and returns the answer (both in stream format).
    ///
    /// Errors: kUnavailable, kTimeout, kCancelled, kInternal; each costs a restart at the next
    /// call.
    Result<std::string> exchange(std::string_view message, SteadyTime deadline,
                                 const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);

    /// The running programs, first to last; empty when none run. For tests and diagnostics.
    [[nodiscard]] std::vector<pid_t> pids() LIVEDUB_EXCLUDES(mutex_);

  private:
    // Only whoever has the turn calls these.
    Result<std::string> take_turn(std::string_view message, SteadyTime deadline,
                                  const std::stop_token& stop);
    Result<void> ensure_running();
    void note_failure();

    // Constant after construction.
    const std::vector<Command> commands_;

    // Guarded by mutex_.
    Mutex mutex_;
    bool busy_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::vector<pid_t> pids_ LIVEDUB_GUARDED_BY(mutex_);
    std::condition_variable_any idle_;  // signalled when busy_ becomes false

    // Only whoever has the turn touches these.
    std::unique_ptr<ChildPipeline> pipeline_;
    int failures_ = 0;  // in a row
    SteadyTime not_before_{};
};

}  // namespace livedub::apertium
