// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Lays dubs over the original sound: the original is turned down while the dub speaks and comes
// back to full where nobody does. One mixer makes the whole output of a stream, block after block,
// so its gain never jumps and every join is a fade.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "media/pcm_chunk.hpp"

namespace livedub {

struct MixSettings {
    /// How far the original goes down under a dub, in dB; 0 or less. kMute silences it.
    double duck_db = -15.0;
    std::chrono::milliseconds attack{50};    // full to ducked; ends as the dub begins to speak
    std::chrono::milliseconds release{300};  // ducked to full; begins when the dub falls silent

    static constexpr double kMute = -96.0;

    friend bool operator==(const MixSettings&, const MixSettings&) = default;
};

/// Not thread-safe.
class DubMixer {
  public:
    DubMixer(PcmFormat format, MixSettings settings);

    /// Schedules `dub` at its start time. Its format is the mixer's. What lies before the next
    /// block to be mixed is cut off; both ends are faded over 5 ms. Dubs come in time order,
    /// without overlap.
    /// @param is_alone The original is silent for as long as the dub lasts, whether it speaks or
    /// not.
    void add(const PcmChunk& dub, bool is_alone = false);

    /// Mixes the next block, which begins where the last one ended (the first at sample
    /// `position()`).
    /// @param original Interleaved, whole frames; also receives the result.
    void mix(std::span<std::int16_t> original);

    /// Skips to `frame` without making output; only forward.
    void seek(std::int64_t frame);

    /// The frame (sample per channel) that the next block begins with.
    [[nodiscard]] std::int64_t position() const noexcept { return position_; }

  private:
    struct Span {
        std::int64_t first;
        std::int64_t last;  // one past the end
        bool is_alone;      // the original is silent meanwhile
    };
    struct Dub {
        std::int64_t first;
        std::vector<std::int16_t> samples;
    };

    void find_speech(const Dub& dub);
    void fade_edges(std::vector<std::int16_t>& samples) const;
    void add_speech(std::span<std::int16_t> block) const;
    void drop_past();
    /// The gain that the original goes down to at `frame`; 1 where it does not.
    [[nodiscard]] float floor_at(std::int64_t frame);

    // Constant after construction.
    const PcmFormat format_;
    const float floor_;         // gain of the ducked original
    const float down_;          // per-frame factor while going down
    const float up_;            // and while coming back
    const float down_to_mute_;  // the same below the ducked level
    const float up_from_mute_;
    const std::int64_t lookahead_;  // frames of attack before the dub speaks

    std::int64_t position_ = 0;
    float gain_ = 1.0F;
    std::deque<Dub> dubs_;
    std::deque<Span> speech_;  // where a dub speaks, in frames; pauses under 400 ms bridged
};

}  // namespace livedub
