// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "clips/input_file.hpp"
#include "clips/test_sound.hpp"
#include "clips/to_m4a.hpp"

namespace livedub::clips {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kStereo44k{.sample_rate_hz = 44'100, .channels = 2};
constexpr int kFrame = AacPackets::kSamplesPerPacket;

struct FilePacket {
    Bytes bytes;
    std::int64_t pts;
};

struct Opened {
    Bytes config;
    std::vector<FilePacket> packets;
    std::int64_t length = 0;  // in samples
};

Opened open_m4a(const std::string& file) {
    Opened opened;
    const auto input = InputFile::open(file, SoundFile::kM4a);
    EXPECT_TRUE(input) << (input ? "" : input.error().message());
    const auto& sound = (*input)->sound();
    EXPECT_EQ(sound.codecpar->sample_rate, kStereo44k.sample_rate_hz);
    EXPECT_EQ(sound.codecpar->ch_layout.nb_channels, kStereo44k.channels);
    EXPECT_EQ(sound.time_base.den, kStereo44k.sample_rate_hz);
    opened.config.assign(sound.codecpar->extradata,
                         sound.codecpar->extradata + sound.codecpar->extradata_size);
    opened.length = sound.duration;
    const LibavPtr<AVPacket> packet{av_packet_alloc()};
    while ((*input)->read(*packet)) {
        opened.packets.push_back({Bytes(packet->data, packet->data + packet->size), packet->pts});
        av_packet_unref(packet.get());
    }
    return opened;
}

/// The packets of two seconds, as an encoder made them, stamped in milliseconds as RTMP does.
AacPackets some_packets() {
    const auto file = encode_clip(make_test_sound(kStereo44k, 88'200), ClipFormat::kM4a);
    EXPECT_TRUE(file);
    const auto opened = open_m4a(*file);
    AacPackets packets{.config = std::make_shared<const Bytes>(opened.config),
                       .format = kStereo44k,
                       .packets = {}};
    for (std::size_t i = 0; i < opened.packets.size(); ++i) {
        const auto start =
            sample_time(static_cast<std::int64_t>(i) * kFrame, kStereo44k.sample_rate_hz);
        packets.packets.push_back({std::chrono::floor<milliseconds>(start) + seconds{12},
                                   std::make_shared<const Bytes>(opened.packets[i].bytes)});
    }
    return packets;
}

TEST(PacketsToM4a, AreInTheFileAsTheyCame) {
    const auto packets = some_packets();

    const auto file = packets_to_m4a(packets);

    ASSERT_TRUE(file);
    EXPECT_EQ(sniff_clip(*file), ClipFormat::kM4a);
    const auto opened = open_m4a(*file);
    EXPECT_EQ(opened.config, *packets.config);
    ASSERT_EQ(opened.packets.size(), packets.packets.size());
    for (std::size_t i = 0; i < opened.packets.size(); ++i) {
        EXPECT_EQ(opened.packets[i].bytes, *packets.packets[i].bytes) << i;
        EXPECT_EQ(opened.packets[i].pts, static_cast<std::int64_t>(i) * kFrame) << i;
    }
    EXPECT_EQ(opened.length, static_cast<std::int64_t>(packets.packets.size()) * kFrame);
}

TEST(PacketsToM4a, AreHeardAsTheyWereSent) {
    const auto file = packets_to_m4a(some_packets());
    ASSERT_TRUE(file);

    const auto decoded = decode_clip(*file, {.format = ClipFormat::kM4a, .pcm = kStereo44k});

    ASSERT_TRUE(decoded);
    const auto match = find_match(make_test_sound(kStereo44k, 88'200), decoded->sound);
    EXPECT_GT(match.correlation, 0.95);
    EXPECT_EQ(match.lag, kFrame);  // a live encoder's run-in, which nothing on the way speaks of
}

TEST(PacketsToM4a, AGapIsAsLongInTheFile) {
    auto packets = some_packets();
    constexpr std::size_t kAfter = 10;
    for (std::size_t i = kAfter; i < packets.packets.size(); ++i) {
        packets.packets[i].start += seconds{1};
    }

    const auto file = packets_to_m4a(packets);

    ASSERT_TRUE(file);
    const auto opened = open_m4a(*file);
    ASSERT_EQ(opened.packets.size(), packets.packets.size());
    EXPECT_EQ(opened.packets[kAfter - 1].pts, (kAfter - 1) * kFrame);
    EXPECT_NEAR(static_cast<double>(opened.packets[kAfter].pts), kAfter * kFrame + 44'100, 45);
    EXPECT_EQ(opened.packets[kAfter + 1].pts, opened.packets[kAfter].pts + kFrame);
}

TEST(PacketsToM4a, NoneAreNoFile) {
    EXPECT_EQ(packets_to_m4a({}).error().code(), ErrorCode::kInvalidArgument);
}

TEST(PacketsToM4a, AreWhatToM4aTakesToo) {
    const auto packets = some_packets();

    const auto clip = to_m4a(packets, {});

    ASSERT_TRUE(clip);
    EXPECT_EQ(**clip, *packets_to_m4a(packets));
}

}  // namespace
}  // namespace livedub::clips
