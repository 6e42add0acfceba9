// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Decodes the audio of one stream into PCM of a chosen format: AAC and MP3, and what else RTMP
// carries and a plug-in is installed for (external contract, 6.1).

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "media/encoded_unit.hpp"
#include "media/pcm_chunk.hpp"
#include "media/stream_time.hpp"

namespace livedub::gst {

class AudioDecoder {
  public:
    /// One chunk per frame, typically within 2 ms of its push. chunk.start() is the time that was
    /// given with the frame. From a GStreamer thread, in order; must not block.
    using OnPcm = std::function<void(PcmChunk)>;
    /// The decoder has failed as a whole and takes no more frames. At most once, from a GStreamer
    /// thread; must not block.
    using OnError = std::function<void(Error)>;

    /// @param config AudioSpecificConfig for AAC (HE-AAC is decoded at its full rate), OpusHead
    ///               (mono and stereo) for Opus, STREAMINFO with or without "fLaC" before it for
    ///               FLAC; else empty.
    /// @param out    What comes out, whatever comes in: resampled, mixed down or up as needed.
    /// @param coded  EncodedUnit::coded_format: of PCM, G.711, Speex and Nellymoser.
    ///
    /// Errors: kInvalidArgument (codec, config or format), kUnavailable when a GStreamer plug-in is
    /// missing.
    static Result<std::unique_ptr<AudioDecoder>> start(Codec codec,
                                                       std::span<const std::uint8_t> config,
                                                       PcmFormat out, OnPcm on_pcm,
                                                       OnError on_error, PcmFormat coded = {});

    /// Hands on one frame. Never blocks. One thread. A frame that does not decode costs itself
    /// only: nothing comes out for it, and the next one is decoded.
    ///
    /// @return false when it was not taken: about 2 s of frames are queued, or the decoder failed.
    [[nodiscard]] bool push(SharedBytes frame, StreamTime dts);

    /// Returns when everything pushed so far has come out through on_pcm, or after 1 s. More frames
    /// may follow; they are decoded as the start of a new run.
    void drain();

    ~AudioDecoder();
    AudioDecoder(const AudioDecoder&) = delete;
    AudioDecoder& operator=(const AudioDecoder&) = delete;

  private:
    class Impl;
    explicit AudioDecoder(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::gst
