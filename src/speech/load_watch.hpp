// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether the engines keep up with all streams together, and what is left out when they do not, in
// this order: each dub is spoken faster, as far as its slot needs and the cap allows (fitting.hpp);
// fragments are skipped, of every stream alike, so that those which are begun are ready in time; no
// voice, only captions under the original sound. The first is always so; one of the others begins
// when half of the fragments have come too late for 30 s, and ends when the engines have had time
// to spare for 30 s.

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "media/stream_time.hpp"

namespace livedub::speech {

enum class LoadLevel {
    kKeepsUp = 0,
    kSkips = 1,         // not every fragment is begun
    kCaptionsOnly = 2,  // nor is one spoken
};

/// "keeps up", "skips fragments", "captions only".
[[nodiscard]] std::string_view to_string(LoadLevel level) noexcept;

/// A level that has just begun, and what was measured in the 30 s before.
struct LoadChange {
    LoadLevel level = LoadLevel::kKeepsUp;
    double real_time_factor = 0.0;  // a worker's time for each second of sound
    double demand = 0.0;   // what all streams together ask for, of what the workers have: above 1
                           // is too much
    double in_time = 1.0;  // share of the fragments
};

/// How a fragment ended.
struct FragmentEnd {
    StreamDuration audio{};
    std::optional<SteadyDuration> worked{};  // from its begin; nullopt: it was never begun
    bool is_too_late = false;                // for lack of time, whatever else was wrong with it
};

/// Plain state; the caller locks.
class LoadWatch {
  public:
    /// @param workers At least 1.
    /// @param period How long it is looked at before anything changes.
    explicit LoadWatch(std::size_t workers, SteadyDuration period = std::chrono::seconds{30})
        : workers_{workers}, period_{period} {}

    [[nodiscard]] LoadLevel level() const noexcept { return level_; }

    /// Whether the next fragment of a stream is to be begun. @param credit The stream's own; 0 at
    /// its start.
    [[nodiscard]] bool admits(double& credit) const noexcept;

    /// @returns The level that begins with it.
    std::optional<LoadChange> note(SteadyTime now, const FragmentEnd& end);

  private:
    struct Noted {
        SteadyTime when;
        FragmentEnd end;
    };
    [[nodiscard]] LoadChange measure() const;

    std::size_t workers_;
    SteadyDuration period_;
    LoadLevel level_ = LoadLevel::kKeepsUp;
    double share_ = 1.0;               // of the fragments that are begun
    std::optional<SteadyTime> since_;  // this level, or the first fragment
    std::deque<Noted> lately_;         // of one period
    double last_factor_ = 0.0;         // while nothing is begun there is none to measure
};

}  // namespace livedub::speech
