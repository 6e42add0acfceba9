// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The decoded sound of a stream as one unbroken run of samples: sample n is at time n / rate,
// whatever gaps, overlaps, jitter and clock drift the packets came with. Whoever reads it never
// meets a hole.

#pragma once

#include <cstdint>
#include <vector>

#include "media/pcm_chunk.hpp"

namespace livedub {

/// Not thread-safe.
class AudioTrack {
  public:
    /// @param longest Most audio held. When full, the oldest goes (the caller reads it long
    /// before).
    AudioTrack(PcmFormat format, StreamDuration longest);

    /// Adds `chunk` where its start time says. Silence fills a gap; what overlaps is dropped; a
    /// deviation of a few milliseconds (timestamps are rounded, sound cards drift) is let be or, if
    /// it lasts, removed by dropping or doubling single samples, a few a frame.
    void append(const PcmChunk& chunk);

    /// The stream jumped: the next chunk is placed exactly, without smoothing.
    void resync() noexcept { is_resyncing_ = true; }

    /// Makes the track reach `frame`, with silence, because that moment is due on air now.
    void fill_to(std::int64_t frame);

    /// One past the last frame held.
    [[nodiscard]] std::int64_t end() const noexcept { return end_; }

    /// Frames [from, to), interleaved; silence where nothing is held.
    [[nodiscard]] std::vector<std::int16_t> read(std::int64_t from, std::int64_t to) const;

    /// Forgets what lies before `frame`.
    void drop_before(std::int64_t frame);

    /// How far the sound now lies from where its timestamps put it: positive when it plays late.
    [[nodiscard]] StreamDuration skew() const;

    /// Times the sound was moved to stay with the picture: gaps, overlaps and runs of drift
    /// removal.
    [[nodiscard]] std::uint64_t corrections() const noexcept { return corrections_; }

    [[nodiscard]] const PcmFormat& format() const noexcept { return format_; }

  private:
    void append_samples(const std::int16_t* samples, std::int64_t frames);
    void append_drifting(const PcmChunk& chunk, std::int64_t deviation);
    void fade_out_end();

    // Constant after construction.
    const PcmFormat format_;
    const std::int64_t longest_;

    std::int64_t begin_ = 0;  // frame number of samples_[0]
    std::int64_t end_ = 0;
    std::vector<std::int16_t> samples_;

    bool is_resyncing_ = true;
    bool is_removing_drift_ = false;
    double deviation_ = 0.0;  // smoothed, in frames: timestamps minus position
    std::uint64_t corrections_ = 0;
};

}  // namespace livedub
