// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The dub is as loud as the speaker it replaces: loudness by EBU R128 over the parts where somebody
// speaks, smoothed over the stream so that levels do not jump between fragments, and limited so
// that nothing clips.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/pcm_chunk.hpp"
#include "speech/samples.hpp"

namespace livedub::speech {

/// Integrated loudness in LUFS; nullopt where there is nothing above the gate (-70 LUFS).
[[nodiscard]] std::optional<double> measure_loudness(std::span<const std::int16_t> interleaved,
                                                     const PcmFormat& format);

/// The same for one channel that will be played by `channels` loudspeakers.
[[nodiscard]] std::optional<double> measure_loudness(const MonoSignal& mono, int channels);

/// Applies `gain` and keeps every sample within `ceiling` (full scale is 1) by turning the level
/// down around peaks, 5 ms ahead and after, instead of cutting them off.
void apply_gain_limited(std::vector<float>& samples, int sample_rate_hz, float gain, float ceiling);

/// Remembers how loud one stream's speakers are. One thread at a time.
class LoudnessMatcher {
  public:
    /// Learns from the speech of one fragment, if it has any loudness.
    void listen(std::optional<double> original_lufs) noexcept;

    /// How loud the next dub shall be: -23 LUFS (the broadcast norm) before anybody was heard.
    [[nodiscard]] double target_lufs() const noexcept;

    /// Brings `dub` to the target; peaks stay under -1 dBFS.
    void match(MonoSignal& dub, int channels) const;

  private:
    std::optional<double> smoothed_lufs_;
};

}  // namespace livedub::speech
