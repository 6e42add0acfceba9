// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The one timeline of a stream. RTMP stamps every packet with 32 bits of milliseconds that wrap
// after 49.7 days, restart when an encoder reconnects, and step when a clip loops. Timeline turns
// them into times that only go forward, and moves audio and video together, so that no jump ever
// takes them apart.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/stream_time.hpp"

namespace livedub {

enum class Track {
    kVideo = 1,
    kAudio = 2,
};

/// Not thread-safe.
class Timeline {
  public:
    struct Place {
        StreamTime dts;
        /// Where the stamp alone puts it: earlier than dts after a small step back, which is
        /// repaired.
        StreamTime stamped;
        /// The sender's clock jumped here and the timeline was anchored anew.
        bool is_discontinuity = false;
    };

    /// Places the next packet of `track`. The first packet of all is at time zero. Within a track,
    /// times never decrease.
    ///
    /// @param timestamp_ms As sent: decoding time, modulo 2^32.
    /// @param live_edge    Where the timeline stands now if it runs at the speed of the wall clock.
    /// After
    ///                     a jump the stream goes on there when there was a break, or right where
    ///                     it was when the packets kept coming (a loop seam).
    Place place(Track track, std::uint32_t timestamp_ms, StreamTime live_edge);

    /// Moves everything that is still to come `by` later, both tracks alike: the sender paused and
    /// its timestamps did not. To be followed by place() for the packet at hand.
    void postpone(std::chrono::milliseconds by) noexcept;

    /// The time of the last packet of `track`; head() before its first.
    [[nodiscard]] StreamTime last(Track track) const noexcept;

    /// Where the later of the two tracks stands: the time of its last packet.
    [[nodiscard]] StreamTime head() const noexcept;

  private:
    /// A run of packets without a jump: timeline = sender's unwrapped time + shift.
    struct Epoch {
        std::uint64_t number = 0;
        std::int64_t shift_ms = 0;
    };
    struct TrackState {
        bool is_started = false;
        std::int64_t sender_ms = 0;    // last timestamp, unwrapped
        std::int64_t timeline_ms = 0;  // where it was placed
        Epoch epoch;
    };

    [[nodiscard]] const TrackState& other_than(const TrackState& state) const;
    /// The other track went on meanwhile, and is where this one goes on: no clock has jumped.
    [[nodiscard]] bool has_paused(const TrackState& state, std::int64_t sender_ms) const;
    [[nodiscard]] std::int64_t unwrap(const TrackState& state, std::uint32_t timestamp_ms) const;
    [[nodiscard]] std::optional<Epoch> newer_epoch_for(const TrackState& state,
                                                       std::int64_t sender_ms) const;
    void anchor(std::int64_t sender_ms, StreamTime live_edge);

    Epoch newest_;
    std::array<TrackState, 2> tracks_{};
};

}  // namespace livedub
