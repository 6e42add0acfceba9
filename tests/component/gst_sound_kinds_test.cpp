// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What RTMP carries beside AAC and MP3, made by ffmpeg: a tone comes out at the length and the
// pitch that it had.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "component/gst_audio.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/flv_units.hpp"
#include "wire/flv.hpp"

namespace livedub::gst {
namespace {

constexpr int kToneHz = 440;
constexpr int kSeconds = 2;

struct PipeCloser {
    void operator()(FILE* pipe) const noexcept { pclose(pipe); }
};

/// What ffmpeg writes with these options for the tone.
Bytes encoded_by_ffmpeg(const std::string& options) {
    const auto command = "ffmpeg -v error -f lavfi -i sine=" + std::to_string(kToneHz) +
                         ":duration=" + std::to_string(kSeconds) + " " + options + " pipe:1";
    const std::unique_ptr<FILE, PipeCloser> pipe{popen(command.c_str(), "r")};
    Bytes all(2'000'000);
    all.resize(fread(all.data(), 1, all.size(), pipe.get()));
    return all;
}

struct Sound {
    Codec codec = Codec::kNone;
    Bytes config;
    PcmFormat coded;
    std::vector<SharedBytes> frames;
};

/// As a publisher sends it.
Sound from_flv(const std::string& options) {
    Sound sound;
    wire::FlvTagReader reader;
    const auto tags = reader.feed(encoded_by_ffmpeg(options + " -f flv"));
    EXPECT_TRUE(tags.has_value());
    for (const auto& tag : *tags) {
        const auto unit = unit_of(tag);
        if (unit && unit->kind == UnitKind::kAudioFrame) {
            sound.codec = unit->codec;
            sound.coded = unit->coded_format;
            sound.frames.push_back(unit->payload);
        }
    }
    return sound;
}

/// This ffmpeg writes no Enhanced RTMP, so what that carries comes from other files.
Sound from_equal_frames(Codec codec, const std::string& options, std::size_t frame_size) {
    Sound sound{.codec = codec, .config = {}, .coded = {}, .frames = {}};
    const auto all = encoded_by_ffmpeg(options);
    for (std::size_t at = 0; at + frame_size <= all.size(); at += frame_size) {
        const auto* const begin = all.data() + at;
        sound.frames.push_back(std::make_shared<const Bytes>(begin, begin + frame_size));
    }
    return sound;
}

/// RFC 3533: pages of up to 255 lacing values each.
std::vector<Bytes> ogg_packets(const Bytes& file) {
    constexpr std::size_t kHead = 27;
    std::vector<Bytes> packets;
    Bytes packet;
    for (std::size_t at = 0; at + kHead < file.size();) {
        const std::size_t count = file[at + kHead - 1];
        std::size_t data = at + kHead + count;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t size = file[at + kHead + i];
            const auto* const begin = file.data() + data;
            packet.insert(packet.end(), begin, begin + size);
            data += size;
            if (size < 255) {
                packets.push_back(std::exchange(packet, {}));
            }
        }
        at = data;
    }
    return packets;
}

/// @param config_at Where in the first packet the configuration begins.
Sound from_ogg(Codec codec, const std::string& options, std::size_t config_at) {
    Sound sound{.codec = codec, .config = {}, .coded = {}, .frames = {}};
    const auto packets = ogg_packets(encoded_by_ffmpeg(options + " -f ogg"));
    EXPECT_GT(packets.size(), 10U);
    const auto& first = packets.at(0);
    sound.config.assign(first.begin() + static_cast<std::ptrdiff_t>(config_at), first.end());
    for (std::size_t i = 2; i < packets.size(); ++i) {  // the second has comments
        if (!packets[i].empty()) {                      // as the mark of the end may be
            sound.frames.push_back(std::make_shared<const Bytes>(packets[i]));
        }
    }
    return sound;
}

/// Cycles a second of the left channel, whatever noise lies around its zero.
double pitch_of(const std::vector<std::int16_t>& left) {
    constexpr int kClear = 1'000;  // a quarter of the tone
    int rises = 0;
    bool is_low = false;
    for (const int sample : left) {
        rises += is_low && sample > kClear ? 1 : 0;
        is_low = sample < -kClear || (is_low && sample <= kClear);
    }
    return rises * 48'000.0 / static_cast<double>(left.size());
}

struct KindCase {
    const char* name;
    Sound (*make)();
};

class SoundKind : public testing::TestWithParam<KindCase> {
  protected:
    static auto start(const Sound& sound, Collector<PcmChunk>& chunks) {
        return AudioDecoder::start(
            sound.codec, sound.config, kStereo48k, chunks.callback(),
            [](const Error& error) { ADD_FAILURE() << error.message(); }, sound.coded);
    }
};

TEST_P(SoundKind, IsDecoded) {
    const auto sound = GetParam().make();
    ASSERT_GT(sound.frames.size(), 5U);
    Collector<PcmChunk> chunks;
    auto decoder = start(sound, chunks);
    ASSERT_TRUE(decoder.has_value()) << decoder.error().message();

    for (int run = 1; run <= 2; ++run) {
        for (std::size_t i = 0; i < sound.frames.size(); ++i) {
            const auto at = StreamDuration{std::chrono::seconds{kSeconds}} *
                            static_cast<std::int64_t>(i) /
                            static_cast<std::int64_t>(sound.frames.size());
            ASSERT_TRUE(
                push_patiently([&] { return (*decoder)->push(sound.frames[i], StreamTime{at}); }));
        }
        (*decoder)->drain();

        std::vector<std::int16_t> left;
        for (const auto& chunk : chunks.items()) {
            for (std::size_t i = 0; i < chunk.samples().size(); i += 2) {
                left.push_back(chunk.samples()[i]);
            }
        }
        EXPECT_NEAR(static_cast<double>(left.size()), run * kSeconds * 48'000.0, run * 9'600.0);
        EXPECT_NEAR(pitch_of(left), kToneHz, 15.0) << "run " << run;
    }
    EXPECT_LT(chunks.items().front().start(), StreamTime{std::chrono::milliseconds{50}});
}

TEST_P(SoundKind, OutlivesFramesThatAreGarbage) {
    const auto sound = GetParam().make();
    ASSERT_GT(sound.frames.size(), 5U);
    Collector<PcmChunk> chunks;
    auto decoder = start(sound, chunks);
    ASSERT_TRUE(decoder.has_value()) << decoder.error().message();

    constexpr StreamTime kGoodTime{std::chrono::seconds{5}};
    for (const std::size_t size : {1U, 3U, 7U, 200U, 2'001U}) {
        const auto garbage = std::make_shared<const Bytes>(size, std::uint8_t{0x5A});
        ASSERT_TRUE(push_patiently([&] { return (*decoder)->push(garbage, StreamTime{}); }));
    }
    for (int i = 0; i < 5; ++i) {
        const auto at = kGoodTime + StreamDuration{std::chrono::milliseconds{20}} * i;
        ASSERT_TRUE(push_patiently([&] { return (*decoder)->push(sound.frames[2], at); }));
    }
    (*decoder)->drain();

    ASSERT_FALSE(chunks.items().empty());
    EXPECT_GE(chunks.items().back().end(), kGoodTime);
}

INSTANTIATE_TEST_SUITE_P(
    All, SoundKind,
    testing::Values(
        KindCase{"ALaw", [] { return from_flv("-c:a pcm_alaw -ar 8000 -ac 1"); }},
        KindCase{"MuLaw", [] { return from_flv("-c:a pcm_mulaw -ar 8000 -ac 1"); }},
        KindCase{"Pcm16", [] { return from_flv("-c:a pcm_s16le -ar 44100 -ac 2"); }},
        KindCase{"Pcm8", [] { return from_flv("-c:a pcm_u8 -ar 22050 -ac 1"); }},
        KindCase{"Speex", [] { return from_flv("-c:a libspeex -ar 16000 -ac 1"); }},
        KindCase{"Nellymoser", [] { return from_flv("-c:a nellymoser -ar 22050 -ac 1"); }},
        KindCase{"Opus", [] { return from_ogg(Codec::kOpus, "-c:a libopus -ac 2 -ar 48000", 0); }},
        // 0x7F "FLAC", two bytes of version, two of a count; then as Enhanced RTMP has it
        KindCase{"Flac", [] { return from_ogg(Codec::kFlac, "-c:a flac -ar 48000 -ac 1", 9); }},
        KindCase{"Ac3",
                 [] {
                     return from_equal_frames(Codec::kAc3,
                                              "-c:a ac3 -ar 48000 -ac 2 -b:a 128k -f ac3", 512);
                 }},
        KindCase{"Eac3",
                 [] {
                     return from_equal_frames(Codec::kEac3,
                                              "-c:a eac3 -ar 48000 -ac 2 -b:a 128k -f eac3", 512);
                 }}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST(SoundKinds, AreRefusedWithAReasonWhenTheConfigurationIsUseless) {
    const auto ignore = [](const PcmChunk&) {};
    for (const auto codec : {Codec::kOpus, Codec::kFlac, Codec::kALaw, Codec::kUnsupported}) {
        const auto decoder = AudioDecoder::start(codec, Bytes{1, 2, 3}, kStereo48k, ignore, {});
        ASSERT_FALSE(decoder.has_value());
        EXPECT_EQ(decoder.error().code(), ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace livedub::gst
