// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Clips and the rest of the world: ffmpeg opens ours, and we open what ffmpeg makes.

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "clips/clip.hpp"
#include "clips/test_sound.hpp"

namespace livedub::clips {
namespace {

namespace fs = std::filesystem;

class ClipFfmpeg : public testing::Test {
  protected:
    ClipFfmpeg() : dir_{fs::temp_directory_path() / fmt::format("livedub-clips-{}", getpid())} {
        fs::create_directories(dir_);
    }
    ~ClipFfmpeg() override { fs::remove_all(dir_); }

    [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }

    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream{path(name), std::ios::binary} << bytes;
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file{path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    /// What the command says; fails the test when it fails.
    static std::string run(const std::string& command) {
        const auto close = [](std::FILE* pipe) { EXPECT_EQ(pclose(pipe), 0); };
        const std::unique_ptr<std::FILE, decltype(close)> pipe{
            popen(command.c_str(), "r"),  // NOLINT(cert-env33-c): commands of this file
            close};
        std::string out;
        char block[4096];
        for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, pipe.get())) > 0;) {
            out.append(block, n);
        }
        return out;
    }

    /// Has ffmpeg make a file of the test sound.
    [[nodiscard]] std::string made_by_ffmpeg(const PcmChunk& sound, const std::string& arguments,
                                             const std::string& name) const {
        write("in.wav", *encode_clip(sound, ClipFormat::kWav));
        run(fmt::format("ffmpeg -v error -y -i {} {} {}", path("in.wav"), arguments, path(name)));
        return read(name);
    }

  private:
    const fs::path dir_;
};

constexpr PcmFormat kStereo{.sample_rate_hz = 48'000, .channels = 2};

TEST_F(ClipFfmpeg, FindsOurSoundWhereItWas) {
    const auto sound = make_test_sound(kStereo, 60'137);
    write("ours.m4a", *encode_clip(sound, ClipFormat::kM4a));

    const auto shown =
        run(fmt::format("ffprobe -v error -show_entries "
                        "stream=codec_name,profile,start_pts,duration_ts -of csv=p=0 "
                        "{}",
                        path("ours.m4a")));
    const auto raw = run(fmt::format("ffmpeg -v error -i {} -f s16le -", path("ours.m4a")));

    EXPECT_EQ(shown, "aac,LC,0,60137\n");
    std::vector<std::int16_t> samples(raw.size() / 2);
    std::memcpy(samples.data(), raw.data(), samples.size() * 2);
    const auto heard = PcmChunk::make({}, kStereo, std::move(samples));
    ASSERT_TRUE(heard.has_value());
    EXPECT_GE(heard->frames(), sound.frames());
    EXPECT_LT(heard->frames(), sound.frames() + 1024);  // ffmpeg 5 keeps the last frame whole
    const auto match = find_match(sound, *heard);
    EXPECT_EQ(match.lag, 0);
    EXPECT_GT(match.correlation, 0.95);
}

struct ForeignFile {
    const char* name;
    const char* file;
    const char* arguments;
    ClipFormat format;
    PcmFormat pcm;
    bool is_exact;
    bool is_label_wrong;
};

class ForeignClip : public ClipFfmpeg, public testing::WithParamInterface<ForeignFile> {};

TEST_P(ForeignClip, IsDecodedInItsPlace) {
    const auto& c = GetParam();
    const auto sound = make_test_sound(kStereo, 60'137);

    const auto clip =
        decode_clip(made_by_ffmpeg(sound, c.arguments, c.file), {.format = c.format, .pcm = c.pcm});

    ASSERT_TRUE(clip.has_value()) << clip.error().message();
    EXPECT_EQ(clip->format, c.format);
    EXPECT_EQ(clip->sound.format(), (PcmFormat{c.pcm.sample_rate_hz, std::min(2, c.pcm.channels)}));
    EXPECT_EQ(clip->is_label_wrong, c.is_label_wrong);
    const PcmFormat same_channels{kStereo.sample_rate_hz, clip->sound.format().channels};
    const auto back = convert(clip->sound, same_channels);
    const auto match = find_match(convert(sound, same_channels), back);
    EXPECT_GT(match.correlation, 0.9);
    if (c.is_exact) {
        EXPECT_EQ(match.lag, 0);
        // ffmpeg's edit lists count in milliseconds.
        EXPECT_NEAR(static_cast<double>(back.frames()), 60'137.0, 48.0);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignClip,
    testing::Values(
        ForeignFile{"M4a", "a.m4a", "-c:a aac", ClipFormat::kM4a, kStereo, true, false},
        ForeignFile{"Mp4IndexLast",
                    "a.mp4",
                    "-c:a aac -ac 1 -ar 22050",
                    ClipFormat::kM4a,
                    {22'050, 1},
                    true,
                    false},
        ForeignFile{"Fragmented", "a.mp4",
                    "-c:a aac -movflags frag_keyframe+empty_moov -frag_duration 200000",
                    ClipFormat::kM4a, kStereo, false, false},
        ForeignFile{"Adts", "a.aac", "-c:a aac", ClipFormat::kAdts, kStereo, false, false},
        ForeignFile{
            "SixChannels", "a.m4a", "-c:a aac -ac 6", ClipFormat::kM4a, {48'000, 6}, true, false},
        ForeignFile{"Wav24", "a.wav", "-c:a pcm_s24le", ClipFormat::kWav, kStereo, true, false},
        ForeignFile{"Wav32", "a.wav", "-c:a pcm_s32le", ClipFormat::kWav, kStereo, true, false},
        ForeignFile{"WavFloat",
                    "a.wav",
                    "-c:a pcm_f32le -ar 16000",
                    ClipFormat::kWav,
                    {16'000, 2},
                    true,
                    false},
        ForeignFile{"Wav192", "a.wav", "-ar 192000", ClipFormat::kWav, {192'000, 2}, true, false}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST_F(ClipFfmpeg, ToleratesAPictureBesideTheSound) {
    const auto bytes = made_by_ffmpeg(
        make_test_sound(kStereo, 48'000),
        "-f lavfi -i testsrc=s=64x64:d=1:r=10 -c:a aac -c:v mpeg4 -shortest", "a.mp4");

    const auto clip = decode_clip(bytes, {.format = ClipFormat::kM4a, .pcm = kStereo});

    ASSERT_TRUE(clip.has_value()) << clip.error().message();
    EXPECT_NEAR(static_cast<double>(clip->sound.frames()), 48'000.0, 1'024.0);
}

}  // namespace
}  // namespace livedub::clips
