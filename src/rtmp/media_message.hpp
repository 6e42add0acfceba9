// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One audio, video or data message on its way from a publisher to its players: classified once, cut
// into chunks once, then shared by all of them. Nobody changes it.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "wire/flv.hpp"
#include "wire/rtmp_chunk.hpp"

namespace livedub::rtmp {

/// Every player has this message stream; "createStream" gives out no other.
inline constexpr std::uint32_t kMessageStreamId = 1;
/// Chunk size of everything we send after the "connect" answer: most frames are one chunk.
inline constexpr std::uint32_t kOutChunkSize = 65536;

enum class MediaKind {
    kMetadata = 1,
    kVideoConfig = 2,
    kAudioConfig = 3,
    kKeyframe = 4,
    kInterFrame = 5,
    kAudio = 6,
    kVideoOther = 7,  // passed on as it comes: end of sequence, HDR metadata, multitrack
    kData = 8,        // the same: cue points, text
};

[[nodiscard]] constexpr bool is_config(MediaKind kind) noexcept {
    return kind == MediaKind::kMetadata || kind == MediaKind::kVideoConfig ||
           kind == MediaKind::kAudioConfig;
}
[[nodiscard]] constexpr bool is_video(MediaKind kind) noexcept {
    return kind == MediaKind::kVideoConfig || kind == MediaKind::kKeyframe ||
           kind == MediaKind::kInterFrame || kind == MediaKind::kVideoOther;
}

[[nodiscard]] constexpr bool is_frame(MediaKind kind) noexcept {
    return kind == MediaKind::kKeyframe || kind == MediaKind::kInterFrame ||
           kind == MediaKind::kAudio;
}

struct MediaMessage {
    MediaKind kind = MediaKind::kMetadata;
    wire::VideoCodec video_codec = wire::VideoCodec::kUnknown;
    wire::AudioCodec audio_codec = wire::AudioCodec::kUnknown;
    std::uint32_t timestamp_ms = 0;
    std::size_t payload_size = 0;
    wire::Bytes chunks;   // ready to be written to any player
    wire::Bytes payload;  // of configs only: they are sent again, with other timestamps
};

using SharedMedia = std::shared_ptr<const MediaMessage>;

/// Classifies a publisher's message. An empty pointer means there is nothing in it for players.
/// Metadata gets time 0, whatever the publisher stamped: libavformat takes metadata of any other
/// time for a track of text, and waits for what it is made of.
///
/// Errors: kProtocol when the body does not parse, or a config is larger than 256 KiB.
[[nodiscard]] Result<SharedMedia> make_media(const wire::RtmpMessage& message);

/// The same config at another time.
[[nodiscard]] SharedMedia with_timestamp(const MediaMessage& config, std::uint32_t timestamp_ms);

/// The codec's name as MediaMTX spells it in "tracks".
[[nodiscard]] std::string_view track_name(wire::VideoCodec codec) noexcept;
[[nodiscard]] std::string_view track_name(wire::AudioCodec codec) noexcept;

}  // namespace livedub::rtmp
