// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

constexpr PcmFormat kMono{.sample_rate_hz = 16'000, .channels = 1};

PcmChunk short_sound() {
    return make_test_sound(kMono, 8'000);
}

std::string clip_of(ClipFormat format) {
    return *encode_clip(short_sound(), format);
}

TEST(DecodeClip, AdtsUnderAnM4aLabelIsDecodedAndTold) {
    const auto clip =
        decode_clip(clip_of(ClipFormat::kAdts), {.format = ClipFormat::kM4a, .pcm = kMono});

    ASSERT_TRUE(clip.has_value()) << clip.error().message();
    EXPECT_EQ(clip->format, ClipFormat::kAdts);
    EXPECT_TRUE(clip->is_label_wrong);
    EXPECT_GE(clip->sound.frames(), 8'000U);
}

struct LabelCase {
    const char* name;
    ClipFormat real;
    ClipLabel label;
    bool is_wrong;
};

class WrongLabel : public testing::TestWithParam<LabelCase> {};

TEST_P(WrongLabel, ContentWins) {
    const auto& c = GetParam();

    const auto clip = decode_clip(clip_of(c.real), c.label);

    ASSERT_TRUE(clip.has_value()) << clip.error().message();
    EXPECT_EQ(clip->format, c.real);
    EXPECT_EQ(clip->sound.format(), kMono);
    EXPECT_EQ(clip->is_label_wrong, c.is_wrong);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongLabel,
    testing::Values(
        LabelCase{"True", ClipFormat::kM4a, {.format = ClipFormat::kM4a, .pcm = kMono}, false},
        LabelCase{"NothingSaid", ClipFormat::kM4a, {.format = ClipFormat::kM4a, .pcm = {}}, false},
        LabelCase{"Rate", ClipFormat::kM4a, {.format = ClipFormat::kM4a, .pcm = {48'000, 1}}, true},
        LabelCase{
            "Channels", ClipFormat::kM4a, {.format = ClipFormat::kM4a, .pcm = {16'000, 2}}, true},
        LabelCase{"M4aAsAdts", ClipFormat::kM4a, {.format = ClipFormat::kAdts, .pcm = kMono}, true},
        LabelCase{
            "M4aAsPcm", ClipFormat::kM4a, {.format = ClipFormat::kPcmS16, .pcm = kMono}, true},
        LabelCase{"WavAsM4a", ClipFormat::kWav, {.format = ClipFormat::kM4a, .pcm = kMono}, true},
        LabelCase{
            "WavAsPcm", ClipFormat::kWav, {.format = ClipFormat::kPcmF32, .pcm = kMono}, true},
        LabelCase{
            "AdtsAsPcm", ClipFormat::kAdts, {.format = ClipFormat::kPcmS16, .pcm = kMono}, true}),
    [](const auto& test) { return test.param.name; });

struct BadCase {
    const char* name;
    std::string bytes;
};

class NotAClip : public testing::TestWithParam<BadCase> {};

TEST_P(NotAClip, IsAnError) {
    for (const auto format : {ClipFormat::kM4a, ClipFormat::kAdts, ClipFormat::kWav}) {
        const auto clip = decode_clip(GetParam().bytes, {.format = format, .pcm = kMono});

        ASSERT_FALSE(clip.has_value());
        EXPECT_EQ(clip.error().code(), ErrorCode::kInvalidArgument);
        EXPECT_FALSE(clip.error().message().empty());
    }
}

std::string bytes_of(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) {
        all += part;
    }
    return all;
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    All, NotAClip,
    testing::Values(
        BadCase{"Empty", ""}, BadCase{"Text", "this is not sound at all, only text"},
        BadCase{"Zeros", std::string(4'096, '\0')}, BadCase{"Mp3", "ID3\x03\x00\x00\x00"},
        BadCase{"OnlyFtyp", bytes_of({"\0\0\0\x10"sv, "ftypM4A \0\0\0\0"sv})},
        BadCase{"FtypOfNoSize", bytes_of({"\0\0\0\0"sv, "ftypM4A \0\0\0\0"sv})},
        BadCase{"NoTrack", bytes_of({"\0\0\0\x10"sv, "ftypM4A \0\0\0\0"sv, "\0\0\0\x08moov"sv,
                                     "\0\0\0\x08mdat"sv})},
        BadCase{"AdtsSyncAlone", "\xff\xf1"},
        BadCase{"AdtsOfNothing", bytes_of({"\xff\xf1\x60\x40\0\x1f\xfc"sv})},
        BadCase{"WavHeaderAlone", bytes_of({"RIFF\0\0\0\0WAVE"sv})},
        BadCase{"WavWithoutSound",
                bytes_of({"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0"
                          "\x10\0data\0\0\0\0"sv})},
        BadCase{"WavOfAdpcm",
                bytes_of({"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x02\0\x01\0\x80\x3e\0\0\0\x7d\0\0\0\x01"
                          "\x04\0data\x04\0\0\0abcd"sv})},
        BadCase{"WavOfManyChannels",
                bytes_of({"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\xff\xff\x80\x3e\0\0\0\x7d\0\0\xfe"
                          "\xff\x10\0data\x04\0\0\0abcd"sv})}),
    [](const auto& test) { return test.param.name; });

class CutShort : public testing::TestWithParam<ClipFormat> {};

TEST_P(CutShort, IsAnErrorOrShorterSound) {
    const auto whole = *encode_clip(make_test_sound(kMono, 2'000), GetParam());
    const ClipLabel label{.format = GetParam(), .pcm = kMono};
    const auto frames = decode_clip(whole, label)->sound.frames();
    std::size_t decoded = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto clip = decode_clip(std::string_view{whole}.substr(0, size), label);
        if (clip) {
            ++decoded;
            EXPECT_LE(clip->sound.frames(), frames) << size;
        }
    }
    EXPECT_GT(decoded, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, CutShort,
                         testing::Values(ClipFormat::kM4a, ClipFormat::kAdts, ClipFormat::kWav,
                                         ClipFormat::kPcmS16));

TEST(DecodeClip, DamagedBytesNeverCrash) {
    const auto whole = *encode_clip(make_test_sound(kMono, 2'000), ClipFormat::kM4a);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        constexpr std::string_view kValues{"\0\x7f\xff", 3};
        auto damaged = whole;
        damaged[at] = kValues[at % kValues.size()];
        const auto clip = decode_clip(damaged, {.format = ClipFormat::kM4a, .pcm = kMono});
        EXPECT_TRUE(clip.has_value() || !clip.error().message().empty());
    }
}

TEST(DecodeClip, MoreThanTheLongestIsCutOff) {
    const PcmFormat format{.sample_rate_hz = 8'000, .channels = 1};
    const auto sound = make_test_sound(format, std::size_t{8'000} * 125);
    for (const auto kind : {ClipFormat::kM4a, ClipFormat::kWav}) {
        const auto clip = decode_clip(*encode_clip(sound, kind), {.format = kind, .pcm = format});

        ASSERT_TRUE(clip.has_value());
        EXPECT_EQ(clip->sound.duration(), kLongestClip);
    }
}

TEST(DecodeClip, TooManyBytesAreRefusedUnread) {
    std::string bytes(kLargestClip + 1, '\0');

    EXPECT_EQ(decode_clip(bytes, {.format = ClipFormat::kPcmS16, .pcm = kMono}).error().code(),
              ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace livedub::clips
