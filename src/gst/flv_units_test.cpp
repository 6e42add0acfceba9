// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/flv_units.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace livedub::gst {
namespace {

wire::FlvTag tag_of(wire::FlvTagType type, Bytes body) {
    return {.type = type,
            .timestamp_ms = 0xFFFFFFF0U,
            .body = std::make_shared<const Bytes>(std::move(body))};
}

/// What `unit` looks like on the wire, read back.
wire::FlvTag written(const EncodedUnit& unit, std::uint32_t timestamp_ms) {
    Bytes file;
    wire::append_flv_header(file, wire::FlvTracks::kAudioAndVideo);
    append_unit(file, unit, timestamp_ms);
    wire::FlvTagReader reader;
    auto tags = reader.feed(file);
    EXPECT_TRUE(tags.has_value());
    EXPECT_EQ(tags->size(), 1U);
    return tags->at(0);
}

TEST(FlvUnits, KeepsAVideoBodyWhole) {
    const auto tag = tag_of(wire::FlvTagType::kVideo, {0x17, 1, 0, 0, 66, 0, 0, 0, 1, 0x65});

    const auto unit = unit_of(tag);

    ASSERT_TRUE(unit.has_value());
    EXPECT_EQ(unit->kind, UnitKind::kVideoFrame);
    EXPECT_EQ(unit->codec, Codec::kH264);
    EXPECT_TRUE(unit->is_keyframe);
    EXPECT_EQ(unit->composition_offset_ms, 66);
    EXPECT_EQ(unit->timestamp_ms, 0xFFFFFFF0U);
    EXPECT_EQ(*unit->payload, *tag.body);
    EXPECT_EQ(*written(*unit, 5).body, *tag.body);
    EXPECT_EQ(written(*unit, 0x01020304U).timestamp_ms, 0x01020304U);
}

TEST(FlvUnits, TakesTheHeaderOffAudioAndPutsItBack) {
    const auto config = tag_of(wire::FlvTagType::kAudio, {0xAF, 0, 0x12, 0x10});
    const auto frame = tag_of(wire::FlvTagType::kAudio, {0xAF, 1, 0x21, 0x00, 0x49});
    const auto mp3 = tag_of(wire::FlvTagType::kAudio, {0x2F, 0xFF, 0xFB, 0x90});

    ASSERT_TRUE(unit_of(config).has_value());
    EXPECT_EQ(unit_of(config)->kind, UnitKind::kAudioConfig);
    EXPECT_EQ(*unit_of(config)->payload, (Bytes{0x12, 0x10}));
    EXPECT_EQ(*unit_of(frame)->payload, (Bytes{0x21, 0x00, 0x49}));
    EXPECT_EQ(unit_of(mp3)->codec, Codec::kMp3);
    for (const auto& tag : {config, frame, mp3}) {
        EXPECT_EQ(*written(*unit_of(tag), 0).body, *tag.body);
    }
}

TEST(FlvUnits, SaysWhatItCannotDecode) {
    const auto hevc = tag_of(wire::FlvTagType::kVideo, {0x90, 'h', 'v', 'c', '1', 1, 2, 3});
    const auto unknown = tag_of(wire::FlvTagType::kAudio, {0x90, 'x', 'y', 'z', '1', 1});

    EXPECT_EQ(unit_of(hevc)->codec, Codec::kUnsupported);
    EXPECT_EQ(unit_of(hevc)->kind, UnitKind::kVideoConfig);
    EXPECT_EQ(unit_of(unknown)->codec, Codec::kUnsupported);
}

struct SoundCase {
    const char* name;
    Bytes body;
    Codec codec;
    PcmFormat format;
};

class FlvSound : public testing::TestWithParam<SoundCase> {};

TEST_P(FlvSound, SaysWhatItIs) {
    const auto unit = unit_of(tag_of(wire::FlvTagType::kAudio, GetParam().body));

    ASSERT_TRUE(unit.has_value());
    EXPECT_EQ(unit->kind, UnitKind::kAudioFrame);
    EXPECT_EQ(unit->codec, GetParam().codec);
    EXPECT_EQ(unit->coded_format, GetParam().format);
    EXPECT_EQ(unit->payload->back(), 7);
}

INSTANTIATE_TEST_SUITE_P(
    All, FlvSound,
    testing::Values(SoundCase{"Pcm16", {0x3F, 1, 7}, Codec::kPcmS16, {44'100, 2}},
                    SoundCase{"Pcm8", {0x04, 7}, Codec::kPcmU8, {11'025, 1}},
                    SoundCase{"ALaw", {0x72, 7}, Codec::kALaw, {8'000, 1}},
                    SoundCase{"MuLawStereo", {0x83, 7}, Codec::kMuLaw, {8'000, 2}},
                    SoundCase{"Speex", {0xB6, 7}, Codec::kSpeex, {16'000, 1}},
                    SoundCase{"Nellymoser", {0x6A, 7}, Codec::kNellymoser, {22'050, 1}},
                    SoundCase{"Nellymoser8k", {0x5A, 7}, Codec::kNellymoser, {8'000, 1}},
                    SoundCase{"Opus", {0x91, 'O', 'p', 'u', 's', 7}, Codec::kOpus, {}},
                    SoundCase{"Flac", {0x91, 'f', 'L', 'a', 'C', 7}, Codec::kFlac, {}},
                    SoundCase{"Ac3", {0x91, 'a', 'c', '-', '3', 7}, Codec::kAc3, {}},
                    SoundCase{"Eac3", {0x91, 'e', 'c', '-', '3', 7}, Codec::kEac3, {}},
                    SoundCase{"EnhancedAac", {0x91, 'm', 'p', '4', 'a', 7}, Codec::kAac, {}},
                    SoundCase{"EnhancedMp3", {0x91, '.', 'm', 'p', '3', 7}, Codec::kMp3, {}}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST(FlvUnits, PassesMetadataWhole) {
    const auto tag = tag_of(wire::FlvTagType::kScript,
                            {2, 0, 10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a', 8, 0, 0});

    ASSERT_TRUE(unit_of(tag).has_value());
    EXPECT_EQ(unit_of(tag)->kind, UnitKind::kMetadata);
    EXPECT_EQ(*written(*unit_of(tag), 0).body, *tag.body);
}

TEST(FlvUnits, SkipsWhatCarriesNothing) {
    for (const auto& body : {Bytes{}, Bytes{0x17}, Bytes{0x17, 2, 0, 0, 0}}) {
        EXPECT_FALSE(unit_of(tag_of(wire::FlvTagType::kVideo, body)).has_value());
    }
    for (const auto& body :
         {Bytes{}, Bytes{2, 0}, Bytes{2, 0, 10, 'o', 'n'}, Bytes{2, 0, 1, 'x'}}) {
        EXPECT_FALSE(unit_of(tag_of(wire::FlvTagType::kScript, body)).has_value());
    }
    for (const auto& body : {Bytes{}, Bytes{0xAF}, Bytes{0xAF, 1}}) {
        EXPECT_FALSE(unit_of(tag_of(wire::FlvTagType::kAudio, body)).has_value());
    }
}

}  // namespace
}  // namespace livedub::gst
