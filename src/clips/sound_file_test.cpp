// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/sound_file.hpp"

#include <cstddef>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr PcmFormat kMono{.sample_rate_hz = 24'000, .channels = 1};

PcmChunk second() {
    return make_test_sound(kMono, 24'000);
}

std::string wav(std::string_view data_size = {}) {
    auto file = encode_clip(second(), ClipFormat::kWav).value();
    if (!data_size.empty()) {
        file.replace(file.find("data") + 4, 4, data_size);
    }
    return file;
}

/// `frames` of MP3 at 24 kHz and 64 kb/s (MPEG-2) in which nothing is coded: silence.
std::string mp3(std::size_t frames) {
    constexpr std::size_t kFrameSize = 192;
    std::string file;
    for (std::size_t frame = 0; frame < frames; ++frame) {
        file += "\xFF\xF3\x84\xC0"sv;
        file.append(kFrameSize - 4, '\0');
    }
    return file;
}

/// An ID3v2 tag of `size` bytes behind its header.
std::string id3(std::size_t size) {
    std::string tag = "ID3\x04\0\0\0\0"s;
    tag += static_cast<char>(size >> 7U);
    tag += static_cast<char>(size & 0x7FU);
    return tag.append(size, 'x');
}

TEST(SniffSoundFile, GoesByTheContent) {
    EXPECT_EQ(sniff_sound_file(wav()), SoundFile::kWav);
    EXPECT_EQ(sniff_sound_file(*encode_clip(second(), ClipFormat::kAdts)), SoundFile::kAdts);
    EXPECT_EQ(sniff_sound_file(*encode_clip(second(), ClipFormat::kM4a)), SoundFile::kM4a);
    EXPECT_EQ(sniff_sound_file(mp3(3)), SoundFile::kMp3);
    EXPECT_EQ(sniff_sound_file(mp3(1)), SoundFile::kMp3);
    EXPECT_EQ(sniff_sound_file("OggS..."), SoundFile::kOgg);
    EXPECT_EQ(sniff_sound_file("fLaC..."), SoundFile::kFlac);
    EXPECT_EQ(sniff_sound_file(id3(300) + mp3(3)), SoundFile::kMp3);
    EXPECT_EQ(sniff_sound_file(id3(300) + id3(0) + "fLaC"), SoundFile::kFlac);
}

TEST(SniffSoundFile, TakesNothingElseForSound) {
    for (const auto bytes :
         {""sv, "{}"sv, "<html>"sv, "ID3"sv, "ID3\x04\0\0\x7F\x7F\x7F\x7F"sv, "\xFF\xFB\x90\xC0"sv,
          "\xFF\xF1\x60\x40\0\x1f\xfc"sv, "RIFF\0\0\0\0AVI "sv, "\xFF\xFB\xF0\xC0...."sv}) {
        EXPECT_EQ(sniff_sound_file(bytes), std::nullopt) << bytes;
    }
    // Samples that happen to begin as a frame does.
    EXPECT_EQ(sniff_sound_file("\xFF\xF3\x84\xC0" + std::string(4'000, '\x11')), std::nullopt);
}

TEST(DecodeSoundFile, DecodesMp3) {
    const auto sound = decode_sound_file(id3(200) + mp3(50), FilePart::kWhole);

    ASSERT_TRUE(sound.has_value()) << sound.error().message();
    EXPECT_EQ(sound->format(), kMono);
    EXPECT_NEAR(static_cast<double>(sound->frames()), 50.0 * 576.0, 2.0 * 576.0);
}

TEST(DecodeSoundFile, TakesAWavFileThatDoesNotSayHowLongItIs) {
    for (const auto size : {"\0\0\0\0"sv, "\xFF\xFF\xFF\xFF"sv, "\xDB\xFF\xFF\xFF"sv,
                            "\xFF\xFF\xFF\x7F"sv, "\xDB\xFF\xFF\x7F"sv}) {
        const auto sound = decode_sound_file(wav(size), FilePart::kWhole);

        ASSERT_TRUE(sound.has_value()) << sound.error().message();
        EXPECT_EQ(sound->frames(), 24'000U);
    }
}

TEST(DecodeSoundFile, TakesTheBeginningOfAFileAsSuch) {
    for (const auto format : {ClipFormat::kWav, ClipFormat::kAdts}) {
        const auto file = encode_clip(second(), format).value();
        const auto half = std::string_view{file}.substr(0, file.size() / 2);

        const auto sound = decode_sound_file(half, FilePart::kBeginning);

        ASSERT_TRUE(sound.has_value()) << sound.error().message();
        EXPECT_NEAR(static_cast<double>(sound->frames()), 12'000, 2'100);
    }
}

struct BadFile {
    std::string name;
    std::string bytes;
    std::string message;

    friend void PrintTo(const BadFile& bad, std::ostream* out) { *out << bad.name; }
};

class DecodeSoundFileRefuses : public testing::TestWithParam<BadFile> {};

TEST_P(DecodeSoundFileRefuses, WithAReason) {
    const auto sound = decode_sound_file(GetParam().bytes, FilePart::kWhole);

    ASSERT_FALSE(sound.has_value());
    EXPECT_EQ(sound.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(sound.error().message().find(GetParam().message), std::string::npos)
        << sound.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    All, DecodeSoundFileRefuses,
    testing::Values(BadFile{"Empty", "", "none of"}, BadFile{"Text", "{\"error\": 1}", "none of"},
                    BadFile{"WavCutShort", wav().substr(0, 9'000), "wav: cut short"},
                    BadFile{"WavHeaderAlone", wav().substr(0, 40), "wav: cut short"},
                    BadFile{"M4aCutShort",
                            encode_clip(second(), ClipFormat::kM4a)->substr(0, 4'000), "m4a"},
                    BadFile{"Mp3OfTwoMinutes", mp3(5'001), "mp3: 120 s of sound or more"},
                    BadFile{"OggOfNothing", "OggS" + std::string(100, '\0'), "ogg"},
                    BadFile{"FlacOfNothing", "fLaC" + std::string(100, '\0'), "flac"}),
    [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace livedub::clips
