// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/flv.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

// The start of a file written by ffmpeg 5.1 (libx264 with one B-frame, AAC 44.1 kHz mono), without
// its metadata tag: FLV header, AVC configuration, AAC configuration.
constexpr std::string_view kFromFfmpeg = R"(
    46 4c 56 01 05 00 00 00 09 00 00 00 00
    09 00 00 32 00 00 00 00 00 00 00
    17 00 00 00 00 01 64 00 0a ff e1 00 18 67 64 00 0a ac e4 11 ec 04 40 00 00 03 00 40 00 00 03 02
    83 c4 89 44 80 01 00 06 68 eb e3 cb 22 c0 fd f8 f8 00 00 00 00 3d
    08 00 00 07 00 00 00 00 00 00 00
    af 00 12 08 56 e5 00 00 00 00 12)";

TEST(FlvTagReader, CutsWhatFfmpegWrote) {
    FlvTagReader reader;

    const auto tags = reader.feed(from_hex(kFromFfmpeg));

    ASSERT_TRUE(tags.has_value()) << tags.error().message();
    ASSERT_EQ(tags->size(), 2U);
    EXPECT_EQ((*tags)[0].type, FlvTagType::kVideo);
    EXPECT_EQ((*tags)[0].body->size(), 0x32U);
    EXPECT_EQ((*tags)[0].body->front(), 0x17);
    EXPECT_EQ((*tags)[1].type, FlvTagType::kAudio);
    EXPECT_EQ(*(*tags)[1].body, from_hex("af 00 12 08 56 e5 00"));
}

TEST(FlvTagReader, GivesTheSameTagsWhenBytesComeOneByOne) {
    FlvTagReader reader;
    std::vector<FlvTag> tags;

    for (const std::uint8_t byte : from_hex(kFromFfmpeg)) {
        auto some = reader.feed({&byte, 1});
        ASSERT_TRUE(some.has_value());
        tags.insert(tags.end(), some->begin(), some->end());
    }

    ASSERT_EQ(tags.size(), 2U);
    EXPECT_EQ(tags[0].body->back(), 0x00);
    EXPECT_EQ(*tags[1].body, from_hex("af 00 12 08 56 e5 00"));
}

TEST(FlvTagReader, ReadsTimestampsOfMoreThan24Bits) {
    Bytes stream;
    append_flv_header(stream, FlvTracks::kAudio);
    append_flv_tag(stream, FlvTagType::kAudio, 0xFEDCBA98, from_hex("af 01 21"));
    FlvTagReader reader;

    const auto tags = reader.feed(stream);

    ASSERT_TRUE(tags.has_value());
    ASSERT_EQ(tags->size(), 1U);
    EXPECT_EQ(tags->front().timestamp_ms, 0xFEDCBA98U);
}

TEST(FlvTagReader, SkipsTagsOfUnknownType) {
    Bytes stream;
    append_flv_header(stream, FlvTracks::kAudioAndVideo);
    append_flv_tag(stream, static_cast<FlvTagType>(15), 0, from_hex("00"));
    append_flv_tag(stream, FlvTagType::kScript, 7, from_hex("02 00 00"));
    FlvTagReader reader;

    const auto tags = reader.feed(stream);

    ASSERT_TRUE(tags.has_value());
    ASSERT_EQ(tags->size(), 1U);
    EXPECT_EQ(tags->front().type, FlvTagType::kScript);
}

struct Broken {
    std::string_view name;
    std::string_view hex;
    std::string_view message;

    friend void PrintTo(const Broken& input, std::ostream* out) { *out << input.name; }
};

class FlvTagReaderRejects : public testing::TestWithParam<Broken> {};

TEST_P(FlvTagReaderRejects, WithAReason) {
    FlvTagReader reader;

    const auto tags = reader.feed(from_hex(GetParam().hex));

    ASSERT_FALSE(tags.has_value());
    EXPECT_EQ(tags.error().code(), ErrorCode::kProtocol);
    EXPECT_EQ(tags.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, FlvTagReaderRejects,
    testing::Values(Broken{"NotFlv", "00 00 00 18 66 74 79 70 69", "not an FLV stream"},
                    Broken{"ShortHeader", "46 4c 56 01 05 00 00 00 08", "FLV header says 8 bytes"},
                    Broken{
                        "Encrypted",
                        "46 4c 56 01 05 00 00 00 09 00 00 00 00 28 00 00 00 00 00 00 00 00 00 00",
                        "encrypted FLV tag"}),
    [](const auto& input) { return std::string{input.param.name}; });

TEST(FlvWriter, WritesWhatFfmpegWrote) {
    const Bytes expected = from_hex(kFromFfmpeg);
    FlvTagReader reader;
    const auto tags = reader.feed(expected);
    ASSERT_TRUE(tags.has_value());

    Bytes written;
    append_flv_header(written, FlvTracks::kAudioAndVideo);
    for (const auto& tag : *tags) {
        append_flv_tag(written, tag.type, tag.timestamp_ms, *tag.body);
    }

    EXPECT_EQ(written, expected);
}

}  // namespace
}  // namespace livedub::wire
