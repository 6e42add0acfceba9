// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One encoded piece of a stream as it came from the wire: a video frame, an audio frame, or the
// configuration that a decoder needs before the first of them. The bytes are shared and never
// changed, which is how "the picture is untouched" stays true by construction.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "media/pcm_chunk.hpp"
#include "media/stream_time.hpp"

namespace livedub {

using Bytes = std::vector<std::uint8_t>;
using SharedBytes = std::shared_ptr<const Bytes>;

enum class UnitKind {
    kVideoConfig = 1,  // H.264 decoder configuration record (AVCC)
    kVideoFrame = 2,
    kAudioConfig = 3,  // what needs_config() asks for: AudioSpecificConfig, OpusHead, STREAMINFO
    kAudioFrame = 4,
    kMetadata = 5,  // onMetaData, as AMF0
};

enum class Codec {
    kNone = 1,  // metadata
    kH264 = 2,
    kAac = 3,
    kMp3 = 4,
    kUnsupported = 5,  // carried by RTMP, not by us
    kPcmU8 = 6,
    kPcmS16 = 7,  // little endian
    kALaw = 8,
    kMuLaw = 9,
    kSpeex = 10,
    kNellymoser = 11,
    kOpus = 12,
    kFlac = 13,
    kAc3 = 14,
    kEac3 = 15,
};

/// Whether sound of this kind can only be decoded with the configuration that comes before it.
[[nodiscard]] constexpr bool needs_config(Codec codec) noexcept {
    return codec == Codec::kAac || codec == Codec::kOpus || codec == Codec::kFlac;
}

struct EncodedUnit {
    UnitKind kind = UnitKind::kMetadata;
    Codec codec = Codec::kNone;
    bool is_keyframe = false;  // video frames only

    /// Decoding time as the sender stamped it, in milliseconds; wraps at 2^32, may jump.
    std::uint32_t timestamp_ms = 0;
    /// Presentation minus decoding time of a video frame, in milliseconds.
    std::int32_t composition_offset_ms = 0;

    /// Audio whose codec leaves it to the container (PCM, G.711, Speex, Nellymoser); else zeros.
    PcmFormat coded_format;

    /// Video and metadata: the whole FLV tag body as received (its first bytes repeat the fields
    /// above). Audio: the raw frame, or the configuration, without FLV header bytes.
    SharedBytes payload;

    [[nodiscard]] bool is_video() const noexcept {
        return kind == UnitKind::kVideoConfig || kind == UnitKind::kVideoFrame;
    }
    [[nodiscard]] bool is_audio() const noexcept {
        return kind == UnitKind::kAudioConfig || kind == UnitKind::kAudioFrame;
    }
    [[nodiscard]] bool is_config() const noexcept {
        return kind == UnitKind::kVideoConfig || kind == UnitKind::kAudioConfig;
    }
};

/// A unit with its decoding time on the stream timeline.
struct TimedUnit {
    StreamTime dts;
    EncodedUnit unit;
};

}  // namespace livedub
