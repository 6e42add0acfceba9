// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The first bytes of audio and video tag bodies: Video File Format Specification v10 annex E, and
// the Enhanced RTMP v1/v2 headers.

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "wire/flv.hpp"

namespace livedub::wire {
namespace {

constexpr std::uint8_t kEnhancedVideo = 0x80;
constexpr std::uint8_t kEnhancedAudio = 9;  // a sound format
constexpr std::uint8_t kKeyframe = 1;
constexpr std::uint8_t kCommandFrame = 5;

bool is_four_cc(ByteView at, std::string_view text) {
    return std::equal(text.begin(), text.end(), at.begin(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

std::int32_t read_signed24(const std::uint8_t* at) {
    const auto value = static_cast<std::int32_t>(read_be24(at));
    return value >= 0x800000 ? value - 0x1000000 : value;
}

VideoCodec video_codec_of(ByteView four_cc) {
    if (is_four_cc(four_cc, "avc1")) {
        return VideoCodec::kH264;
    }
    if (is_four_cc(four_cc, "hvc1")) {
        return VideoCodec::kHevc;
    }
    if (is_four_cc(four_cc, "av01")) {
        return VideoCodec::kAv1;
    }
    if (is_four_cc(four_cc, "vp09")) {
        return VideoCodec::kVp9;
    }
    return VideoCodec::kUnknown;
}

VideoCodec video_codec_of(std::uint8_t codec_id) {
    switch (codec_id) {
        case 2:
            return VideoCodec::kSorenson;
        case 4:
        case 5:
            return VideoCodec::kVp6;
        case 7:
            return VideoCodec::kH264;
        case 12:  // not in the specification; what encoders used before Enhanced RTMP
            return VideoCodec::kHevc;
        default:
            return VideoCodec::kUnknown;
    }
}

AudioCodec audio_codec_of(ByteView four_cc) {
    if (is_four_cc(four_cc, "mp4a")) {
        return AudioCodec::kAac;
    }
    if (is_four_cc(four_cc, ".mp3")) {
        return AudioCodec::kMp3;
    }
    if (is_four_cc(four_cc, "Opus")) {
        return AudioCodec::kOpus;
    }
    if (is_four_cc(four_cc, "fLaC")) {
        return AudioCodec::kFlac;
    }
    if (is_four_cc(four_cc, "ac-3") || is_four_cc(four_cc, "ec-3")) {
        return AudioCodec::kAc3;
    }
    return AudioCodec::kUnknown;
}

AudioCodec audio_codec_of(std::uint8_t sound_format) {
    switch (sound_format) {
        case 0:
        case 3:
            return AudioCodec::kPcm;
        case 2:
        case 14:
            return AudioCodec::kMp3;
        case 4:
        case 5:
        case 6:
            return AudioCodec::kNellymoser;
        case 7:
        case 8:
            return AudioCodec::kG711;
        case 10:
            return AudioCodec::kAac;
        case 11:
            return AudioCodec::kSpeex;
        default:
            return AudioCodec::kUnknown;
    }
}

/// SequenceStart, CodedFrames, SequenceEnd have the same numbers for audio and video.
PacketKind enhanced_kind(std::uint8_t packet_type) {
    switch (packet_type) {
        case 0:
            return PacketKind::kConfig;
        case 1:
            return PacketKind::kFrame;
        case 2:
            return PacketKind::kEndOfSequence;
        default:
            return PacketKind::kOther;
    }
}

Result<VideoTagInfo> parse_enhanced_video(ByteView body) {
    constexpr std::uint8_t kCodedFramesX = 3;  // frames whose composition offset is zero
    constexpr std::uint8_t kVideoMetadata = 4;
    const auto packet_type = static_cast<std::uint8_t>(body[0] & 0x0FU);
    const auto frame_type = static_cast<std::uint8_t>(body[0] >> 4U & 0x07U);
    VideoTagInfo info;
    info.is_enhanced = true;
    if (frame_type == kCommandFrame && packet_type != kVideoMetadata) {
        info.payload_offset = 1;  // the command, and nothing else
        return info;
    }
    if (body.size() < 5) {
        return fail(ErrorCode::kProtocol, "video tag ends inside its FourCC");
    }
    info.codec = video_codec_of(body.subspan(1, 4));
    std::copy_n(body.begin() + 1, 4, info.four_cc.begin());
    info.kind = packet_type == kCodedFramesX ? PacketKind::kFrame : enhanced_kind(packet_type);
    info.is_keyframe = frame_type == kKeyframe && info.kind == PacketKind::kFrame;
    info.payload_offset = 5;
    const bool has_offset =
        packet_type == 1 && (info.codec == VideoCodec::kHevc || info.codec == VideoCodec::kH264);
    if (has_offset) {
        if (body.size() < 8) {
            return fail(ErrorCode::kProtocol, "video tag ends inside its composition offset");
        }
        info.composition_offset_ms = read_signed24(&body[5]);
        info.payload_offset = 8;
    }
    return info;
}

constexpr std::array<std::uint32_t, 13> kSampleRates = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};

/// Bits from the most significant end. Past the end they are zero and ran_out() is true.
class BitReader {
  public:
    explicit BitReader(ByteView bytes) : bytes_{bytes} {}

    std::uint32_t take(unsigned count) {
        std::uint32_t value = 0;
        for (; count > 0; --count, ++at_) {
            const std::size_t byte = at_ / 8;
            const std::uint32_t octet = byte < bytes_.size() ? bytes_[byte] : 0U;
            const std::uint32_t bit = octet >> (7 - at_ % 8) & 1U;
            value = value << 1U | bit;
        }
        return value;
    }
    [[nodiscard]] bool ran_out() const { return at_ > bytes_.size() * 8; }

  private:
    ByteView bytes_;
    std::size_t at_ = 0;
};

}  // namespace

Result<VideoTagInfo> parse_video_tag(ByteView body) {
    if (body.empty()) {
        return fail(ErrorCode::kProtocol, "empty video tag");
    }
    if ((body[0] & kEnhancedVideo) != 0) {
        return parse_enhanced_video(body);
    }
    const auto frame_type = static_cast<std::uint8_t>(body[0] >> 4U);
    VideoTagInfo info;
    info.codec = video_codec_of(static_cast<std::uint8_t>(body[0] & 0x0FU));
    info.payload_offset = 1;
    if (frame_type == kCommandFrame) {
        return info;
    }
    if (info.codec != VideoCodec::kH264 && info.codec != VideoCodec::kHevc) {
        info.kind = PacketKind::kFrame;  // these codecs have no separate config
        info.is_keyframe = frame_type == kKeyframe;
        return info;
    }
    if (body.size() < 5) {
        return fail(ErrorCode::kProtocol, "AVC video tag of fewer than 5 bytes");
    }
    info.kind = enhanced_kind(body[1]);
    info.is_keyframe = frame_type == kKeyframe && info.kind == PacketKind::kFrame;
    info.composition_offset_ms = info.kind == PacketKind::kFrame ? read_signed24(&body[2]) : 0;
    info.payload_offset = 5;
    return info;
}

Result<AudioTagInfo> parse_audio_tag(ByteView body) {
    if (body.empty()) {
        return fail(ErrorCode::kProtocol, "empty audio tag");
    }
    const auto sound_format = static_cast<std::uint8_t>(body[0] >> 4U);
    AudioTagInfo info;
    if (sound_format == kEnhancedAudio) {
        if (body.size() < 5) {
            return fail(ErrorCode::kProtocol, "audio tag ends inside its FourCC");
        }
        info.is_enhanced = true;
        info.codec = audio_codec_of(body.subspan(1, 4));
        info.kind = enhanced_kind(static_cast<std::uint8_t>(body[0] & 0x0FU));
        info.payload_offset = 5;
        return info;
    }
    info.codec = audio_codec_of(sound_format);
    info.kind = PacketKind::kFrame;
    info.payload_offset = 1;
    if (info.codec == AudioCodec::kAac) {
        if (body.size() < 2) {
            return fail(ErrorCode::kProtocol, "AAC audio tag of fewer than 2 bytes");
        }
        info.kind = body[1] == 0 ? PacketKind::kConfig : PacketKind::kFrame;
        info.payload_offset = 2;
    }
    return info;
}

bool is_metadata(ByteView body) noexcept {
    constexpr std::string_view kStart{"\x02\x00\x0AonMetaData", 13};  // a string, 10 bytes long
    return body.size() >= kStart.size() && std::equal(kStart.begin(), kStart.end(), body.begin());
}

Result<AudioSpecificConfig> parse_audio_specific_config(ByteView config) {
    constexpr std::uint32_t kEscape = 31;
    constexpr std::uint32_t kExplicitRate = 15;
    BitReader bits{config};
    AudioSpecificConfig parsed;
    std::uint32_t object_type = bits.take(5);
    if (object_type == kEscape) {
        object_type = 32 + bits.take(6);
    }
    parsed.object_type = static_cast<std::uint8_t>(object_type);
    const std::uint32_t rate_index = bits.take(4);
    if (rate_index == kExplicitRate) {
        parsed.sample_rate_hz = bits.take(24);
    } else if (rate_index < kSampleRates.size()) {
        parsed.sample_rate_hz = kSampleRates.at(rate_index);
    } else {
        return fail(ErrorCode::kProtocol, fmt::format("reserved AAC rate index {}", rate_index));
    }
    const std::uint32_t layout = bits.take(4);
    if (bits.ran_out()) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("AudioSpecificConfig of {} bytes is cut short", config.size()));
    }
    if (layout > 7) {
        return fail(ErrorCode::kProtocol, fmt::format("reserved AAC channel layout {}", layout));
    }
    if (parsed.sample_rate_hz == 0) {
        return fail(ErrorCode::kProtocol, "AAC rate of 0 Hz");
    }
    parsed.channels = static_cast<std::uint8_t>(layout == 7 ? 8 : layout);
    return parsed;
}

}  // namespace livedub::wire
