// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which stretch of a stream is whose: every moment of sound belongs to exactly one fragment, and
// every fragment is decided exactly once, dub or original, before it is due.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "dubbing/dubber.hpp"

namespace livedub {

/// A fragment that has been cut and not yet decided.
struct OpenFragment {
    std::uint64_t number = 0;
    StreamTime start;
    StreamTime end;
    SteadyTime deadline;  // from then on the original plays
};

/// Cuts a stream at fixed places: fragment boundaries are multiples of the segment length on the
/// timeline, so lengths never accumulate an error. Not thread-safe.
class FragmentLedger {
  public:
    explicit FragmentLedger(StreamDuration segment) : segment_{segment} {}

    /// The next whole fragment [start, end) once sound up to `available` is there.
    [[nodiscard]] std::optional<std::pair<StreamTime, StreamTime>> next_cut(
        StreamTime available) const;

    /// What is left before `available` when the input has ended; nullopt when nothing is.
    [[nodiscard]] std::optional<std::pair<StreamTime, StreamTime>> tail(StreamTime available) const;

    /// Records a cut and gives it its number: 0, 1, 2, ...
    const OpenFragment& open(StreamTime start, StreamTime end, SteadyTime deadline);

    /// Everything before belongs to a fragment or was skipped.
    [[nodiscard]] StreamTime cut() const noexcept { return cut_; }

    /// The moments before `time` went on air without being cut (there was no input): cut after
    /// them.
    void skip_to(StreamTime time);

    /// Takes out the fragment an outcome belongs to; nullopt when it was decided before.
    std::optional<OpenFragment> close(std::uint64_t number);

    /// Takes out the fragments whose deadline has come.
    [[nodiscard]] std::vector<OpenFragment> close_overdue(SteadyTime now);

    [[nodiscard]] std::optional<SteadyTime> next_deadline() const;

  private:
    const StreamDuration segment_;
    StreamTime cut_{};
    std::uint64_t next_number_ = 0;
    std::deque<OpenFragment> open_;  // at most delay / segment of them
};

}  // namespace livedub
