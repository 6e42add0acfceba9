// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The one continuous AAC encoder of an output stream: PCM without gaps in, AAC-LC frames of 1024
// samples out, each with the place of its sound in the input signal.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "media/encoded_unit.hpp"
#include "media/pcm_chunk.hpp"

namespace livedub::gst {

inline constexpr int kAacFrameSamples = 1024;

enum class AacEncoderChoice {
    kBest = 1,  // voaacenc; where that is missing avenc_aac, which is logged
    kVoAacEnc = 2,
    kAvEncAac = 3,  // twice the CPU and more
};

struct AacFrame {
    SharedBytes payload;  // raw AAC, no ADTS header
    /// Which sample of the input (counted per channel from the first one pushed) is the first that
    /// this frame decodes to. The encoder's delay is taken off already, so frame 0 starts before
    /// the input does.
    std::int64_t first_sample;
};

class AacEncoder {
  public:
    /// Frames in order, from a GStreamer thread, typically within 2 ms of the push that filled
    /// them. Must not block.
    using OnFrame = std::function<void(AacFrame)>;

    /// Errors: kInvalidArgument when AAC has no such format, kUnavailable when a GStreamer plug-in
    /// is missing.
    static Result<std::unique_ptr<AacEncoder>> start(
        PcmFormat format, int bitrate_bps, OnFrame on_frame,
        AacEncoderChoice choice = AacEncoderChoice::kBest);

    /// What decoders need before the first frame.
    [[nodiscard]] const Bytes& audio_specific_config() const noexcept;

    /// Appends samples, interleaved, whole frames of all channels. Costs a copy and never waits.
    /// One thread.
    ///
    /// @return false when they were not taken: 2 s are queued, the encoder failed, or drain() was
    ///         called. Samples refused are missing from the count of first_sample.
    [[nodiscard]] bool push(std::span<const std::int16_t> interleaved);

    /// Returns when every sample pushed can be decoded from frames that have come out (the last are
    /// filled up with silence), or after 1 s. Ends the encoder.
    void drain();

    ~AacEncoder();
    AacEncoder(const AacEncoder&) = delete;
    AacEncoder& operator=(const AacEncoder&) = delete;

  private:
    class Impl;
    explicit AacEncoder(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::gst
