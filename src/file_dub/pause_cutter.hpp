// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Cuts a long recording into fragments where it is quietest, so that words and sentences stay
// whole. A file has no deadline: unlike a live stream it can look ahead for the pause.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/pcm_chunk.hpp"

namespace livedub::file_dub {

struct CutLimits {
    std::chrono::milliseconds shortest{3'000};
    std::chrono::milliseconds liked{6'500};  // between two equal pauses, the one nearer to this
    std::chrono::milliseconds longest{10'000};
};

/// Samples in, fragments out, without a gap. Holds at most the longest fragment and what was put in
/// at once.
class PauseCutter {
  public:
    explicit PauseCutter(PcmFormat format, CutLimits limits = {});

    /// @param samples Interleaved, whole frames.
    void put(std::span<const std::int16_t> samples);

    /// No more will come: the rest is given out.
    void finish() noexcept { is_finished_ = true; }

    /// The next fragment, once enough is there to choose its end.
    [[nodiscard]] std::optional<PcmChunk> take();

  private:
    /// In frames from the start of what is held.
    [[nodiscard]] std::size_t choose_cut() const;

    const PcmFormat format_;
    const CutLimits limits_;
    std::vector<std::int16_t> held_;
    std::int64_t first_frame_ = 0;  // of what is held, from the start of the recording
    bool is_finished_ = false;
};

}  // namespace livedub::file_dub
