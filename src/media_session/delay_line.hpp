// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where encoded units wait until they are due: the picture as it came, the sound as it was mixed.
// They leave interleaved by decoding time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.hpp"
#include "media/encoded_unit.hpp"

namespace livedub {

struct DelayedUnit {
    TimedUnit timed;
    SteadyTime arrival;  // of the unit or, for mixed sound, of the moment it holds
    /// How much later than the sender stamped them its picture or samples lie; usually zero.
    StreamDuration shift{0};
};

/// Not thread-safe.
class DelayLine {
  public:
    /// @param most_bytes Bound on the payload held. A video frame that does not fit is dropped, and
    /// with
    ///                   it the rest of its group of pictures, so what is sent always decodes.
    ///                   Sound and headers are dropped beyond twice as much.
    explicit DelayLine(std::size_t most_bytes) : most_bytes_{most_bytes} {}

    /// Within video and within audio, units come in decoding order. Metadata counts as video.
    void push(DelayedUnit unit);

    /// The earliest unit, if it is at or before `moment`. Of two at the same time, video goes
    /// first.
    [[nodiscard]] std::optional<DelayedUnit> pop(StreamTime moment);

    /// The time of the earliest unit.
    [[nodiscard]] std::optional<StreamTime> next() const;

    [[nodiscard]] bool is_empty() const noexcept { return video_.empty() && audio_.empty(); }
    [[nodiscard]] std::size_t video_units() const noexcept { return video_.size(); }
    [[nodiscard]] std::size_t audio_units() const noexcept { return audio_.size(); }

    /// Units lost to a full line.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    [[nodiscard]] bool must_drop(const EncodedUnit& unit);

    const std::size_t most_bytes_;
    std::deque<DelayedUnit> video_;
    std::deque<DelayedUnit> audio_;
    std::size_t bytes_ = 0;
    bool is_dropping_group_ = false;
    std::uint64_t dropped_ = 0;
};

}  // namespace livedub
