// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// FLV: the file form of what RTMP carries. A tag body is the same bytes as the payload of an RTMP
// audio, video or data message, so one parser of bodies serves the server and the media path, and
// passing bodies on whole is what keeps pictures untouched. Enhanced RTMP (FourCC codecs) is
// recognised, not interpreted.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "wire/bytes.hpp"

namespace livedub::wire {

enum class FlvTagType : std::uint8_t {
    kAudio = 8,
    kVideo = 9,
    kScript = 18,
};

struct FlvTag {
    FlvTagType type = FlvTagType::kScript;
    std::uint32_t timestamp_ms = 0;  // decoding time; wraps at 2^32
    SharedBytes body;
};

/// Cuts a byte stream (header, then tags) into tags. Bytes may come in pieces of any size. After an
/// error the reader must not be fed again.
class FlvTagReader {
  public:
    /// Takes what has arrived and returns the tags it completed, oldest first. Tags of a type that
    /// is none of FlvTagType are skipped.
    ///
    /// Errors: kProtocol when this is not FLV, or a tag is encrypted. A tag can say at most 16 MiB,
    /// and memory grows only with bytes that have really come.
    [[nodiscard]] Result<std::vector<FlvTag>> feed(ByteView bytes);

  private:
    Bytes pending_;  // the start of what is not complete yet
    bool has_header_ = false;
};

enum class FlvTracks {
    kAudioAndVideo = 1,
    kAudio = 2,
    kVideo = 3,
};

/// Appends the 9-byte header and the zero that stands before the first tag.
void append_flv_header(Bytes& out, FlvTracks tracks);

/// Appends one tag and its trailing size. `body` must be shorter than 16 MiB.
void append_flv_tag(Bytes& out, FlvTagType type, std::uint32_t timestamp_ms, ByteView body);

// --- tag bodies -------------------------------------------------------------

enum class VideoCodec {
    kUnknown = 1,
    kH264 = 2,
    kHevc = 3,
    kAv1 = 4,
    kVp9 = 5,
    kVp6 = 6,
    kSorenson = 7,
};

enum class AudioCodec {
    kUnknown = 1,
    kAac = 2,
    kMp3 = 3,
    kPcm = 4,
    kG711 = 5,
    kSpeex = 6,
    kNellymoser = 7,
    kOpus = 8,
    kFlac = 9,
    kAc3 = 10,
};

enum class PacketKind {
    kConfig = 1,         // what a decoder needs before the first frame
    kFrame = 2,          // for H.264 and HEVC: length-prefixed NAL units
    kEndOfSequence = 3,  // no more frames under the current config
    kOther = 4,          // command frames and Enhanced-RTMP packets that are neither
};

struct VideoTagInfo {
    VideoCodec codec = VideoCodec::kUnknown;
    PacketKind kind = PacketKind::kOther;
    bool is_keyframe = false;
    bool is_enhanced = false;                  // carries a FourCC instead of a codec id
    std::int32_t composition_offset_ms = 0;    // presentation minus decoding time
    std::size_t payload_offset = 0;            // where the header ends within the body
    std::array<std::uint8_t, 4> four_cc = {};  // when is_enhanced
};

struct AudioTagInfo {
    AudioCodec codec = AudioCodec::kUnknown;
    PacketKind kind = PacketKind::kOther;
    bool is_enhanced = false;
    std::size_t payload_offset = 0;
};

/// Errors: kProtocol when the body ends inside its header. An empty body is an error too; RTMP
/// senders use it as a keep-alive, so check for that first.
[[nodiscard]] Result<VideoTagInfo> parse_video_tag(ByteView body);
[[nodiscard]] Result<AudioTagInfo> parse_audio_tag(ByteView body);

/// Whether a script tag's or data message's body is "onMetaData", and not a cue point, text or what
/// server and player tell each other.
[[nodiscard]] bool is_metadata(ByteView body) noexcept;

struct AudioSpecificConfig {
    std::uint8_t object_type = 0;  // 2 = AAC LC, 5 = HE-AAC
    std::uint32_t sample_rate_hz = 0;
    std::uint8_t channels = 0;  // 0: said elsewhere (a program config element)
};

/// Reads the start of an MPEG-4 AudioSpecificConfig (ISO 14496-3, 1.6.2.1): the core rate and
/// channels, which is what a decoder of plain AAC-LC gives out.
///
/// Errors: kProtocol when it is cut short or names a reserved rate or channel layout.
[[nodiscard]] Result<AudioSpecificConfig> parse_audio_specific_config(ByteView config);

}  // namespace livedub::wire
