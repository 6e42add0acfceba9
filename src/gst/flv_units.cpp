// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/flv_units.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "base/check.hpp"

namespace livedub::gst {
namespace {

// Format, 44 kHz, 16 bit, stereo. AAC must say so whatever it is (the config has the truth); our
// MP3 output does not exist, but what came in goes out readable.
constexpr std::uint8_t kAacHeader = 0xAF;
constexpr std::uint8_t kMp3Header = 0x2F;

std::optional<EncodedUnit> video_unit(const wire::FlvTag& tag) {
    const auto info = wire::parse_video_tag(*tag.body);
    if (!info || info->kind == wire::PacketKind::kEndOfSequence ||
        info->kind == wire::PacketKind::kOther) {
        return std::nullopt;
    }
    const bool is_h264 = info->codec == wire::VideoCodec::kH264 && !info->is_enhanced;
    return EncodedUnit{.kind = info->kind == wire::PacketKind::kConfig ? UnitKind::kVideoConfig
                                                                       : UnitKind::kVideoFrame,
                       .codec = is_h264 ? Codec::kH264 : Codec::kUnsupported,
                       .is_keyframe = info->is_keyframe,
                       .timestamp_ms = tag.timestamp_ms,
                       .composition_offset_ms = info->composition_offset_ms,
                       .payload = tag.body};
}

Codec audio_codec(const wire::AudioTagInfo& info) {
    if (info.is_enhanced) {
        return Codec::kUnsupported;
    }
    switch (info.codec) {
        case wire::AudioCodec::kAac:
            return Codec::kAac;
        case wire::AudioCodec::kMp3:
            return Codec::kMp3;
        default:
            return Codec::kUnsupported;
    }
}

std::optional<EncodedUnit> audio_unit(const wire::FlvTag& tag) {
    const auto info = wire::parse_audio_tag(*tag.body);
    if (!info || info->kind == wire::PacketKind::kEndOfSequence ||
        info->kind == wire::PacketKind::kOther || info->payload_offset >= tag.body->size()) {
        return std::nullopt;
    }
    const auto payload = wire::ByteView{*tag.body}.subspan(info->payload_offset);
    return EncodedUnit{.kind = info->kind == wire::PacketKind::kConfig ? UnitKind::kAudioConfig
                                                                       : UnitKind::kAudioFrame,
                       .codec = audio_codec(*info),
                       .timestamp_ms = tag.timestamp_ms,
                       .payload = std::make_shared<const Bytes>(payload.begin(), payload.end())};
}

/// Whether a data message's first value is the AMF0 string `name`.
bool is_called(wire::ByteView body, std::string_view name) {
    constexpr std::uint8_t kAmf0String = 2;
    return body.size() >= name.size() + 3 && body[0] == kAmf0String &&
           wire::read_be16(&body[1]) == name.size() &&
           std::equal(name.begin(), name.end(), body.begin() + 3);
}

}  // namespace

std::optional<EncodedUnit> unit_of(const wire::FlvTag& tag) {
    if (tag.body == nullptr || tag.body->empty()) {
        return std::nullopt;
    }
    switch (tag.type) {
        case wire::FlvTagType::kVideo:
            return video_unit(tag);
        case wire::FlvTagType::kAudio:
            return audio_unit(tag);
        case wire::FlvTagType::kScript:
            // The rest is between server and player: |RtmpSampleAccess, onStatus, cue points.
            if (!is_called(*tag.body, "onMetaData")) {
                return std::nullopt;
            }
            return EncodedUnit{.timestamp_ms = tag.timestamp_ms, .payload = tag.body};
    }
    return std::nullopt;
}

void append_unit(Bytes& out, const EncodedUnit& unit, std::uint32_t timestamp_ms) {
    LIVEDUB_CHECK(unit.payload != nullptr);
    if (unit.is_video()) {
        wire::append_flv_tag(out, wire::FlvTagType::kVideo, timestamp_ms, *unit.payload);
        return;
    }
    if (!unit.is_audio()) {
        wire::append_flv_tag(out, wire::FlvTagType::kScript, timestamp_ms, *unit.payload);
        return;
    }
    Bytes body;
    body.reserve(unit.payload->size() + 2);
    if (unit.codec == Codec::kMp3) {
        body.push_back(kMp3Header);
    } else {
        body.push_back(kAacHeader);
        body.push_back(unit.kind == UnitKind::kAudioConfig ? 0 : 1);
    }
    wire::append_bytes(body, *unit.payload);
    wire::append_flv_tag(out, wire::FlvTagType::kAudio, timestamp_ms, body);
}

}  // namespace livedub::gst
