// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// PCM audio as it moves between the segmenter, the engines and the mixer.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "media/stream_time.hpp"

namespace livedub {

struct PcmFormat {
    int sample_rate_hz = 0;
    int channels = 0;

    friend bool operator==(const PcmFormat&, const PcmFormat&) = default;
};

/// A run of audio with its place on the stream's timeline.
///
/// A value: copy it, move it, compare it. Two things always hold, because make()
/// checks them and nothing changes them later: the format is one we support, and
/// samples() holds whole frames.
class PcmChunk {
  public:
    /// @param samples Interleaved signed 16-bit samples, full scale +/-32767.
    ///
    /// Errors: kInvalidArgument if the sample rate is outside 8000..192000 Hz,
    /// the channel count is not 1 or 2, or a frame is cut short.
    static Result<PcmChunk> make(StreamTime start, PcmFormat format,
                                 std::vector<std::int16_t> samples);

    [[nodiscard]] StreamTime start() const noexcept { return start_; }
    [[nodiscard]] StreamTime end() const noexcept { return start_ + duration(); }
    [[nodiscard]] StreamDuration duration() const noexcept;
    [[nodiscard]] std::size_t frames() const noexcept;
    [[nodiscard]] const PcmFormat& format() const noexcept { return format_; }
    [[nodiscard]] const std::vector<std::int16_t>& samples() const noexcept { return samples_; }

    friend bool operator==(const PcmChunk&, const PcmChunk&) = default;

  private:
    PcmChunk(StreamTime start, PcmFormat format, std::vector<std::int16_t> samples);

    StreamTime start_;
    PcmFormat format_;
    std::vector<std::int16_t> samples_;
};

}  // namespace livedub
