// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/flv_units.hpp"

#include <array>
#include <cstddef>

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

/// What the first byte of an audio tag says beside the codec. For AAC and MP3 it means nothing.
struct SoundFlags {
    explicit SoundFlags(std::uint8_t first)
        : format{static_cast<std::uint8_t>(first >> 4U)},
          rate_hz{kRates.at(first >> 2U & 3U)},
          is_16_bit{(first & 2U) != 0},
          channels{(first & 1U) != 0 ? 2 : 1} {}

    static constexpr std::array<int, 4> kRates{5'512, 11'025, 22'050, 44'100};
    std::uint8_t format;
    int rate_hz;
    bool is_16_bit;
    int channels;
};

Codec audio_codec(const wire::AudioTagInfo& info, wire::ByteView body) {
    const SoundFlags flags{body[0]};
    switch (info.codec) {
        case wire::AudioCodec::kAac:
            return Codec::kAac;
        case wire::AudioCodec::kMp3:
            return Codec::kMp3;
        case wire::AudioCodec::kPcm:
            return flags.is_16_bit ? Codec::kPcmS16 : Codec::kPcmU8;
        case wire::AudioCodec::kG711:
            return flags.format == 7 ? Codec::kALaw : Codec::kMuLaw;
        case wire::AudioCodec::kSpeex:
            return Codec::kSpeex;
        case wire::AudioCodec::kNellymoser:
            return Codec::kNellymoser;
        case wire::AudioCodec::kOpus:
            return Codec::kOpus;
        case wire::AudioCodec::kFlac:
            return Codec::kFlac;
        case wire::AudioCodec::kAc3:  // "ac-3" or "ec-3"
            return body[1] == 'e' ? Codec::kEac3 : Codec::kAc3;
        case wire::AudioCodec::kUnknown:
            return Codec::kUnsupported;
    }
    return Codec::kUnsupported;
}

/// Video File Format Specification v10, E.4.2.1: some formats have a rate of their own, whatever
/// the flags say.
PcmFormat coded_format(Codec codec, const SoundFlags& flags) {
    constexpr std::uint8_t kNellymoser16k = 4;
    constexpr std::uint8_t kNellymoser8k = 5;
    switch (codec) {
        case Codec::kPcmU8:
        case Codec::kPcmS16:
            return {.sample_rate_hz = flags.rate_hz, .channels = flags.channels};
        case Codec::kALaw:
        case Codec::kMuLaw:
            return {.sample_rate_hz = 8'000, .channels = flags.channels};
        case Codec::kSpeex:
            return {.sample_rate_hz = 16'000, .channels = 1};
        case Codec::kNellymoser:
            if (flags.format == kNellymoser16k || flags.format == kNellymoser8k) {
                return {.sample_rate_hz = flags.format == kNellymoser16k ? 16'000 : 8'000,
                        .channels = 1};
            }
            return {.sample_rate_hz = flags.rate_hz, .channels = flags.channels};
        default:
            return {};
    }
}

std::optional<EncodedUnit> audio_unit(const wire::FlvTag& tag) {
    const auto info = wire::parse_audio_tag(*tag.body);
    if (!info || info->kind == wire::PacketKind::kEndOfSequence ||
        info->kind == wire::PacketKind::kOther || info->payload_offset >= tag.body->size()) {
        return std::nullopt;
    }
    const auto payload = wire::ByteView{*tag.body}.subspan(info->payload_offset);
    const auto codec = audio_codec(*info, *tag.body);
    return EncodedUnit{.kind = info->kind == wire::PacketKind::kConfig ? UnitKind::kAudioConfig
                                                                       : UnitKind::kAudioFrame,
                       .codec = codec,
                       .timestamp_ms = tag.timestamp_ms,
                       .coded_format = coded_format(codec, SoundFlags{tag.body->front()}),
                       .payload = std::make_shared<const Bytes>(payload.begin(), payload.end())};
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
            if (!wire::is_metadata(*tag.body)) {
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
