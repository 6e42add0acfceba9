// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// AAC-LC from samples, all at once.

#pragma once

#include <functional>
#include <stop_token>

#include "clips/libav.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::clips {

/// One thread; one run().
class AacEncoder {
  public:
    /// Errors: kInvalidArgument when AAC has no such rate; kInternal.
    [[nodiscard]] static Result<AacEncoder> open(const PcmFormat& format);

    /// What a file's header needs to know.
    [[nodiscard]] Result<LibavPtr<AVCodecParameters>> parameters() const;

    /// Encodes `sound`, of the format given to open(), and hands on each packet, which may be
    /// taken. Times count samples; the first lies before zero by the priming.
    ///
    /// Errors: on_packet's; kCancelled; kInternal.
    [[nodiscard]] Result<void> run(const PcmChunk& sound, const std::stop_token& stop,
                                   const std::function<Result<void>(AVPacket&)>& on_packet);

  private:
    explicit AacEncoder(LibavPtr<AVCodecContext> codec) : codec_{std::move(codec)} {}

    LibavPtr<AVCodecContext> codec_;
};

}  // namespace livedub::clips
