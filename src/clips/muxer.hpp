// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the packets of one sound into a file in memory.

#pragma once

#include <memory>
#include <string>

#include "clips/clip.hpp"
#include "clips/libav.hpp"
#include "clips/memory_io.hpp"

namespace livedub::clips {

/// One thread.
class Muxer {
  public:
    /// @param format     kM4a, kAdts or kWav.
    ///
    /// Errors: kInternal.
    [[nodiscard]] static Result<std::unique_ptr<Muxer>> open(ClipFormat format,
                                                             const AVCodecParameters& sound);
    ~Muxer();
    Muxer(const Muxer&) = delete;
    Muxer& operator=(const Muxer&) = delete;

    /// @param packet Taken; its times count samples.
    [[nodiscard]] Result<void> write(AVPacket& packet);

    /// Ends the file and hands it out. Nothing may be written afterwards.
    [[nodiscard]] Result<std::string> finish();

  private:
    Muxer() = default;

    MemoryWriter writer_;
    AVFormatContext* context_ = nullptr;
};

}  // namespace livedub::clips
