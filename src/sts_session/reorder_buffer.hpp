// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Puts a stream's results in order (external contract, 1.7). Every number that was taken has a
// slot; results leave from the head only. A number that never came holds the finished ones behind
// it for so long and no longer.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "contract/fragment_messages.hpp"
#include "sts_session/finished_fragment.hpp"
#include "sts_session/session_statistics.hpp"

namespace livedub::sts_session {

enum class SlotState {
    kWaiting = 1,  // to be worked on
    kRunning = 2,
    kDone = 3,
};

struct Slot {
    std::string fragment_id;
    std::string stream_id;  // as the fragment said
    SessionStatistics::Origin origin = SessionStatistics::Origin::kProcessed;
    SlotState state = SlotState::kWaiting;
    std::uint64_t serial = 0;  // of the work on it
    SteadyTime received;
    SteadyTime deadline;
    std::int64_t original_ms = 0;
    std::optional<contract::FragmentData> data;  // while it waits
    FinishedFragment finished;                   // when done
    SteadyTime done_at;

    void finish(FinishedFragment with, SteadyTime now);
};

/// Numbers that nobody waits for any more.
struct SkippedNumbers {
    static constexpr std::size_t kMostNamed = 64;

    std::vector<std::int64_t> numbers;  // the first of them, kMostNamed at most
    std::int64_t count = 0;             // all of them
};

class ReorderBuffer {
  public:
    explicit ReorderBuffer(std::chrono::milliseconds gap_timeout) : gap_timeout_{gap_timeout} {}

    /// The next number to leave.
    [[nodiscard]] std::int64_t next() const noexcept { return next_; }

    /// Whether `number` has left, or was given up.
    [[nodiscard]] bool is_behind(std::int64_t number) const;

    /// nullptr when there is none.
    [[nodiscard]] Slot* find(std::int64_t number);

    /// `number` has no slot and is not behind.
    Slot& insert(std::int64_t number, Slot slot);

    struct Leaving {
        std::int64_t number = 0;
        Slot slot;
    };
    /// The head, if it is finished.
    [[nodiscard]] std::optional<Leaving> take();

    /// When somebody will have waited long enough for missing numbers; nullopt: nobody waits.
    [[nodiscard]] std::optional<SteadyTime> gap_deadline() const;

    /// Gives up the missing numbers that a finished result has waited for long enough. Empty count:
    /// none.
    SkippedNumbers skip_overdue(SteadyTime now);

    /// Gives up all missing numbers: no more will come.
    SkippedNumbers skip_missing();

    [[nodiscard]] std::map<std::int64_t, Slot>& slots() noexcept { return slots_; }
    [[nodiscard]] const std::map<std::int64_t, Slot>& slots() const noexcept { return slots_; }

    /// Taken and not yet left.
    [[nodiscard]] std::size_t outstanding() const;
    /// Finished and not yet left.
    [[nodiscard]] std::size_t held() const;

  private:
    SkippedNumbers skip_below(std::int64_t limit);
    void settle_head();

    const std::chrono::milliseconds gap_timeout_;
    std::map<std::int64_t, Slot> slots_;
    std::int64_t next_ = 0;
    std::int64_t skipped_below_ = 0;  // numbers below it that have no slot never will
};

}  // namespace livedub::sts_session
