// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire/flv.hpp"
#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

TEST(VideoTag, AvcConfigIsNotAKeyframe) {
    const auto tag = parse_video_tag(from_hex("17 00 00 00 00 01 64 00 0a ff"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->codec, VideoCodec::kH264);
    EXPECT_EQ(tag->kind, PacketKind::kConfig);
    EXPECT_FALSE(tag->is_keyframe);
    EXPECT_EQ(tag->payload_offset, 5U);
}

TEST(VideoTag, AvcKeyframeWithCompositionOffset) {
    const auto tag = parse_video_tag(from_hex("17 01 00 00 c8 00 00 02 aa 06 05"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->kind, PacketKind::kFrame);
    EXPECT_TRUE(tag->is_keyframe);
    EXPECT_EQ(tag->composition_offset_ms, 200);
}

TEST(VideoTag, CompositionOffsetMayBeNegative) {
    const auto tag = parse_video_tag(from_hex("27 01 ff ff d8 00 00 00 01 41"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_FALSE(tag->is_keyframe);
    EXPECT_EQ(tag->composition_offset_ms, -40);
}

TEST(VideoTag, AvcEndOfSequence) {
    const auto tag = parse_video_tag(from_hex("17 02 00 00 00"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->kind, PacketKind::kEndOfSequence);
    EXPECT_FALSE(tag->is_keyframe);
}

TEST(VideoTag, CommandFrameIsNoPicture) {
    const auto tag = parse_video_tag(from_hex("57 00"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->kind, PacketKind::kOther);
}

TEST(VideoTag, EnhancedCommandFrameHasNoFourCc) {
    const auto seek = parse_video_tag(from_hex("d1 00"));
    ASSERT_TRUE(seek.has_value());
    EXPECT_TRUE(seek->is_enhanced);
    EXPECT_EQ(seek->kind, PacketKind::kOther);

    // Metadata has one whatever the frame type says.
    const auto metadata = parse_video_tag(from_hex("d4 68 76 63 31 02"));
    ASSERT_TRUE(metadata.has_value());
    EXPECT_EQ(metadata->codec, VideoCodec::kHevc);
    EXPECT_EQ(metadata->kind, PacketKind::kOther);
}

TEST(VideoTag, EnhancedHevcFrameHasAnOffset) {
    const auto tag = parse_video_tag(from_hex("91 68 76 63 31 00 00 21 00 00 00 02 26 01"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_TRUE(tag->is_enhanced);
    EXPECT_EQ(tag->codec, VideoCodec::kHevc);
    EXPECT_TRUE(tag->is_keyframe);
    EXPECT_EQ(tag->composition_offset_ms, 33);
    EXPECT_EQ(tag->payload_offset, 8U);
}

TEST(VideoTag, EnhancedAv1FrameHasNone) {
    const auto tag = parse_video_tag(from_hex("a1 61 76 30 31 12 00"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->codec, VideoCodec::kAv1);
    EXPECT_EQ(tag->kind, PacketKind::kFrame);
    EXPECT_FALSE(tag->is_keyframe);
    EXPECT_EQ(tag->payload_offset, 5U);
}

TEST(VideoTag, EnhancedSequenceStartAndFramesWithoutOffset) {
    const auto config = parse_video_tag(from_hex("90 68 76 63 31 01"));
    const auto frame = parse_video_tag(from_hex("93 68 76 63 31 00"));

    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->kind, PacketKind::kConfig);
    EXPECT_FALSE(config->is_keyframe);
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->kind, PacketKind::kFrame);
    EXPECT_TRUE(frame->is_keyframe);
    EXPECT_EQ(frame->payload_offset, 5U);
}

struct Cut {
    std::string_view name;
    std::string_view hex;

    friend void PrintTo(const Cut& input, std::ostream* out) { *out << input.name; }
};

class VideoTagCutShort : public testing::TestWithParam<Cut> {};

TEST_P(VideoTagCutShort, IsAnError) {
    const auto tag = parse_video_tag(from_hex(GetParam().hex));

    ASSERT_FALSE(tag.has_value());
    EXPECT_EQ(tag.error().code(), ErrorCode::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(All, VideoTagCutShort,
                         testing::Values(Cut{"Empty", ""}, Cut{"AvcHeader", "17 01 00 00"},
                                         Cut{"FourCc", "90 68 76 63"},
                                         Cut{"HevcOffset", "91 68 76 63 31 00 00"}),
                         [](const auto& input) { return std::string{input.param.name}; });

TEST(AudioTag, AacConfigAndFrame) {
    const auto config = parse_audio_tag(from_hex("af 00 12 08 56 e5 00"));
    const auto frame = parse_audio_tag(from_hex("af 01 de 02"));

    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->codec, AudioCodec::kAac);
    EXPECT_EQ(config->kind, PacketKind::kConfig);
    EXPECT_EQ(config->payload_offset, 2U);
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->kind, PacketKind::kFrame);
}

TEST(AudioTag, Mp3HasNoPacketType) {
    const auto tag = parse_audio_tag(from_hex("2f ff fb 90"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_EQ(tag->codec, AudioCodec::kMp3);
    EXPECT_EQ(tag->kind, PacketKind::kFrame);
    EXPECT_EQ(tag->payload_offset, 1U);
}

TEST(AudioTag, EnhancedOpus) {
    const auto tag = parse_audio_tag(from_hex("90 4f 70 75 73 4f 70 75 73 48 65 61 64"));

    ASSERT_TRUE(tag.has_value());
    EXPECT_TRUE(tag->is_enhanced);
    EXPECT_EQ(tag->codec, AudioCodec::kOpus);
    EXPECT_EQ(tag->kind, PacketKind::kConfig);
    EXPECT_EQ(tag->payload_offset, 5U);
}

TEST(AudioTag, CutShortIsAnError) {
    EXPECT_FALSE(parse_audio_tag({}).has_value());
    EXPECT_FALSE(parse_audio_tag(from_hex("af")).has_value());
    EXPECT_FALSE(parse_audio_tag(from_hex("90 4f 70")).has_value());
}

TEST(Metadata, IsKnownByItsName) {
    EXPECT_TRUE(is_metadata(from_hex("02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 03 00 00 09")));
    EXPECT_TRUE(is_metadata(from_hex("02 00 0a 6f 6e 4d 65 74 61 44 61 74 61")));
    EXPECT_FALSE(is_metadata(from_hex("02 00 0a 6f 6e 4d 65 74 61 44 61 74")));
    EXPECT_FALSE(is_metadata(from_hex("02 00 0a 6f 6e 43 75 65 50 6f 69 6e 74 03 00 00 09")));
    EXPECT_FALSE(is_metadata({}));
}

TEST(AudioSpecificConfig, ReadsRateAndChannels) {
    const auto from_ffmpeg = parse_audio_specific_config(from_hex("12 08 56 e5 00"));
    const auto stereo_48k = parse_audio_specific_config(from_hex("11 90"));
    const auto surround = parse_audio_specific_config(from_hex("11 b8"));  // layout 7 is 7.1

    ASSERT_TRUE(from_ffmpeg.has_value());
    EXPECT_EQ(from_ffmpeg->object_type, 2);
    EXPECT_EQ(from_ffmpeg->sample_rate_hz, 44100U);
    EXPECT_EQ(from_ffmpeg->channels, 1);
    ASSERT_TRUE(stereo_48k.has_value());
    EXPECT_EQ(stereo_48k->sample_rate_hz, 48000U);
    EXPECT_EQ(stereo_48k->channels, 2);
    ASSERT_TRUE(surround.has_value());
    EXPECT_EQ(surround->channels, 8);
}

TEST(AudioSpecificConfig, ReadsARateThatIsWrittenOut) {
    // 00010 1111 + 24 bits of 37800 + 0010: AAC LC, 37800 Hz, stereo
    const auto config = parse_audio_specific_config(from_hex("17 80 49 d4 10"));

    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->sample_rate_hz, 37800U);
    EXPECT_EQ(config->channels, 2);
}

class AudioSpecificConfigRejects : public testing::TestWithParam<Cut> {};

TEST_P(AudioSpecificConfigRejects, WithAReason) {
    EXPECT_FALSE(parse_audio_specific_config(from_hex(GetParam().hex)).has_value());
}

INSTANTIATE_TEST_SUITE_P(All, AudioSpecificConfigRejects,
                         testing::Values(Cut{"Empty", ""}, Cut{"OneByte", "12"},
                                         Cut{"ReservedRate", "16 90"},
                                         Cut{"ReservedLayout", "12 78"},
                                         Cut{"RateCutShort", "17 80 49"}),
                         [](const auto& input) { return std::string{input.param.name}; });

}  // namespace
}  // namespace livedub::wire
