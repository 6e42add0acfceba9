// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How far sound and picture have moved apart between the input and the muxer. A packet's shift is
// its presentation time as the muxer is told it, minus the presentation time that the sender's
// stamps gave its picture or samples at the input, both on the stream's timeline; the constant
// delay is in neither. The offset is
//
//     (output PTS - input PTS) of the last sound  -  (output PTS - input PTS) of the last picture
//
// so it is zero when both are delayed alike, and positive when the sound is later than it was.

#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>

#include "media/stream_time.hpp"
#include "media/timeline.hpp"

namespace livedub {

/// Not thread-safe.
class AvOffset {
  public:
    /// A frame of `track` goes to the muxer. @param shift Its output PTS minus its input PTS.
    void sent(Track track, StreamDuration shift) {
        shifts_[static_cast<std::size_t>(track) - 1] = shift;
    }

    /// nullopt until both tracks have sent something.
    [[nodiscard]] std::optional<StreamDuration> value() const {
        const auto& [picture, sound] = shifts_;
        return picture && sound ? std::optional{*sound - *picture} : std::nullopt;
    }

  private:
    std::array<std::optional<StreamDuration>, 2> shifts_;  // by Track
};

/// Remembers the shift of sound from when it is placed on its track until it is encoded. Not
/// thread-safe.
class ShiftHistory {
  public:
    /// What was placed since the last call, up to `end`, lies `shift` later than it was stamped.
    void placed(StreamTime end, StreamDuration shift) {
        if (!stretches_.empty() && stretches_.back().shift == shift) {
            stretches_.back().end = end;
        } else {
            stretches_.push_back({end, shift});
        }
    }

    /// The shift of the sound at `moment`; forgets what lies before. Zero before the first.
    [[nodiscard]] StreamDuration take(StreamTime moment) {
        while (stretches_.size() > 1 && stretches_.front().end <= moment) {
            stretches_.pop_front();
        }
        return stretches_.empty() ? StreamDuration{0} : stretches_.front().shift;
    }

  private:
    struct Stretch {
        StreamTime end;
        StreamDuration shift;
    };
    std::deque<Stretch> stretches_;  // one a packet at most: as many as the delay holds
};

}  // namespace livedub
