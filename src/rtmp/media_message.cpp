// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/media_message.hpp"

#include <fmt/format.h>

#include "wire/rtmp_message.hpp"

namespace livedub::rtmp {
namespace {

using wire::ChunkStreamId;
using wire::MessageType;
using wire::PacketKind;

/// Real ones have hundreds of bytes. They are kept for as long as the stream lives, unlike frames.
constexpr std::size_t kMaxConfig = std::size_t{256} << 10U;

MediaKind kind_of(const wire::VideoTagInfo& tag) {
    switch (tag.kind) {
        case PacketKind::kConfig:
            return MediaKind::kVideoConfig;
        case PacketKind::kFrame:
            return tag.is_keyframe ? MediaKind::kKeyframe : MediaKind::kInterFrame;
        case PacketKind::kEndOfSequence:
        case PacketKind::kOther:
            break;
    }
    return MediaKind::kVideoOther;
}

void append_chunks(MediaMessage& media, wire::ByteView payload) {
    auto via = ChunkStreamId::kData;
    auto type = MessageType::kData;
    if (is_video(media.kind)) {
        via = ChunkStreamId::kVideo;
        type = MessageType::kVideo;
    } else if (media.kind != MediaKind::kMetadata && media.kind != MediaKind::kData) {
        via = ChunkStreamId::kAudio;
        type = MessageType::kAudio;
    }
    media.payload_size = payload.size();
    wire::append_message(media.chunks, via, type, media.timestamp_ms, kMessageStreamId, payload,
                         kOutChunkSize);
}

Result<SharedMedia> finish(std::shared_ptr<MediaMessage> media, wire::ByteView payload) {
    if (is_config(media->kind)) {
        if (payload.size() > kMaxConfig) {
            return fail(ErrorCode::kProtocol,
                        fmt::format("codec config or metadata of {} bytes", payload.size()));
        }
        media->payload.assign(payload.begin(), payload.end());
    }
    append_chunks(*media, payload);
    return media;
}

}  // namespace

Result<SharedMedia> make_media(const wire::RtmpMessage& message) {
    auto media = std::make_shared<MediaMessage>();
    media->timestamp_ms = message.timestamp_ms;
    if (message.type == MessageType::kVideo) {
        if (message.payload.empty()) {
            return SharedMedia{};
        }
        const auto tag = wire::parse_video_tag(message.payload);
        if (!tag) {
            return tl::unexpected{tag.error()};
        }
        media->kind = kind_of(*tag);
        media->video_codec = tag->codec;
        return finish(std::move(media), message.payload);
    }
    if (message.type == MessageType::kAudio) {
        if (message.payload.empty()) {
            return SharedMedia{};
        }
        const auto tag = wire::parse_audio_tag(message.payload);
        if (!tag) {
            return tl::unexpected{tag.error()};
        }
        media->kind =
            tag->kind == PacketKind::kConfig ? MediaKind::kAudioConfig : MediaKind::kAudio;
        media->audio_codec = tag->codec;
        return finish(std::move(media), message.payload);
    }
    const auto data = wire::data_for_players(message);
    if (!data) {
        return tl::unexpected{data.error()};
    }
    if (!data->has_value() || (*data)->empty()) {
        return SharedMedia{};
    }
    if (wire::is_metadata(**data)) {
        media->timestamp_ms = 0;
    } else {
        media->kind = MediaKind::kData;
    }
    return finish(std::move(media), **data);
}

SharedMedia with_timestamp(const MediaMessage& config, std::uint32_t timestamp_ms) {
    auto media = std::make_shared<MediaMessage>();
    media->kind = config.kind;
    media->video_codec = config.video_codec;
    media->audio_codec = config.audio_codec;
    media->timestamp_ms = timestamp_ms;
    append_chunks(*media, config.payload);
    return media;
}

std::string_view track_name(wire::VideoCodec codec) noexcept {
    switch (codec) {
        case wire::VideoCodec::kH264:
            return "H264";
        case wire::VideoCodec::kHevc:
            return "H265";
        case wire::VideoCodec::kAv1:
            return "AV1";
        case wire::VideoCodec::kVp9:
            return "VP9";
        case wire::VideoCodec::kVp6:
            return "VP6";
        case wire::VideoCodec::kSorenson:
            return "H263";
        case wire::VideoCodec::kUnknown:
            break;
    }
    return "Generic";
}

std::string_view track_name(wire::AudioCodec codec) noexcept {
    switch (codec) {
        case wire::AudioCodec::kAac:
            return "MPEG-4 Audio";
        case wire::AudioCodec::kMp3:
            return "MPEG-1/2 Audio";
        case wire::AudioCodec::kPcm:
            return "LPCM";
        case wire::AudioCodec::kG711:
            return "G711";
        case wire::AudioCodec::kSpeex:
            return "Speex";
        case wire::AudioCodec::kNellymoser:
            return "Nellymoser";
        case wire::AudioCodec::kOpus:
            return "Opus";
        case wire::AudioCodec::kFlac:
            return "FLAC";
        case wire::AudioCodec::kAc3:
            return "AC-3";
        case wire::AudioCodec::kUnknown:
            break;
    }
    return "Generic";
}

}  // namespace livedub::rtmp
