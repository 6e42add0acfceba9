// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "component/gst_audio.hpp"
#include "gst/aac_decoder.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

/// A stereo AAC stream at 48 kHz.
struct Encoded {
    explicit Encoded(std::size_t samples)
        : frames{encode(kStereo48k, sweeps(kStereo48k, samples), config)} {}

    Bytes config;
    std::vector<AacFrame> frames;
};

void expect_no_error(const Error& error) {
    ADD_FAILURE() << error.message();
}

std::size_t frames_in(const std::vector<PcmChunk>& chunks) {
    return std::accumulate(chunks.begin(), chunks.end(), std::size_t{0},
                           [](std::size_t sum, const PcmChunk& c) { return sum + c.frames(); });
}

TEST(AudioDecoder, GivesOneChunkPerFrameAtOnce) {
    const Encoded stream{48'000};
    Collector<PcmChunk> chunks;
    auto decoder = AudioDecoder::start(Codec::kAac, stream.config, kStereo48k, chunks.callback(),
                                       expect_no_error);
    ASSERT_TRUE(decoder.has_value()) << decoder.error().message();

    // Times as RTMP has them: whole milliseconds, so the frames neither meet nor overlap exactly.
    for (std::size_t i = 0; i < stream.frames.size(); ++i) {
        const StreamTime dts{milliseconds{static_cast<std::int64_t>(i) * 1024 / 48}};
        ASSERT_TRUE((*decoder)->push(stream.frames[i].payload, dts));
        ASSERT_TRUE(chunks.wait_for(i + 1)) << "frame " << i << " waits for the next";
        EXPECT_EQ(chunks.items().back().start(), dts);
        EXPECT_EQ(chunks.items().back().frames(), 1024U);
    }
}

TEST(AudioDecoder, FollowsAJumpOfTheTimeline) {
    const Encoded stream{48'000};
    Collector<PcmChunk> chunks;
    auto decoder = AudioDecoder::start(Codec::kAac, stream.config, kStereo48k, chunks.callback(),
                                       expect_no_error);
    ASSERT_TRUE(decoder.has_value());

    const std::vector<milliseconds> times{milliseconds{-40}, milliseconds{0},
                                          milliseconds{7'200'000}, milliseconds{21},
                                          milliseconds{21}};
    for (std::size_t i = 0; i < times.size(); ++i) {
        ASSERT_TRUE((*decoder)->push(stream.frames[i].payload, StreamTime{times[i]}));
        ASSERT_TRUE(chunks.wait_for(i + 1));
        EXPECT_EQ(chunks.items().back().start(), StreamTime{times[i]});
        EXPECT_EQ(chunks.items().back().frames(), 1024U);
    }
}

TEST(AudioDecoder, OutlivesFramesThatAreGarbage) {
    const Encoded stream{48'000};
    Collector<PcmChunk> chunks;
    auto decoder = AudioDecoder::start(Codec::kAac, stream.config, kStereo48k, chunks.callback(),
                                       expect_no_error);
    ASSERT_TRUE(decoder.has_value());
    std::mt19937 random{7};
    const StreamTime good_time{milliseconds{5'000}};

    for (int i = 0; i < 60; ++i) {
        Bytes garbage(200);
        for (auto& byte : garbage) {
            byte = static_cast<std::uint8_t>(random());
        }
        ASSERT_TRUE((*decoder)->push(std::make_shared<const Bytes>(std::move(garbage)),
                                     StreamTime{milliseconds{i * 21}}));
    }
    ASSERT_TRUE((*decoder)->push(stream.frames[4].payload, good_time));
    (*decoder)->drain();

    ASSERT_FALSE(chunks.items().empty());
    EXPECT_EQ(chunks.items().back().start(), good_time);
    EXPECT_EQ(chunks.items().back().frames(), 1024U);
}

TEST(AudioDecoder, GoesOnAfterADrain) {
    const Encoded stream{48'000};
    Collector<PcmChunk> chunks;
    auto decoder = AudioDecoder::start(Codec::kAac, stream.config, kStereo48k, chunks.callback(),
                                       expect_no_error);
    ASSERT_TRUE(decoder.has_value());

    for (std::size_t run = 0; run < 3; ++run) {
        for (std::size_t i = 0; i < 10; ++i) {
            ASSERT_TRUE((*decoder)->push(stream.frames[i].payload,
                                         time_of(static_cast<std::int64_t>(i) * 1024, 48'000)));
        }
        (*decoder)->drain();
        EXPECT_EQ(frames_in(chunks.items()), (run + 1) * 10 * 1024);
    }
}

TEST(AudioDecoder, ConvertsToWhatIsAskedFor) {
    const Encoded stream{96'000};
    Collector<PcmChunk> chunks;
    constexpr PcmFormat kMono44k{.sample_rate_hz = 44'100, .channels = 1};
    auto decoder = AudioDecoder::start(Codec::kAac, stream.config, kMono44k, chunks.callback(),
                                       expect_no_error);
    ASSERT_TRUE(decoder.has_value());

    for (const auto& frame : stream.frames) {
        const auto start = time_of(frame.first_sample, 48'000);
        ASSERT_TRUE(push_patiently([&] { return (*decoder)->push(frame.payload, start); }));
    }
    (*decoder)->drain();

    const auto all = chunks.items();
    const auto expected = static_cast<double>(stream.frames.size()) * 1024.0 * 44.1 / 48.0;
    EXPECT_NEAR(static_cast<double>(frames_in(all)), expected, 2.0);
    for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_EQ(all[i].format(), kMono44k);
        EXPECT_LT(std::chrono::abs(all[i].start() - all[i - 1].end()),
                  std::chrono::microseconds{30});
    }
}

struct PipeCloser {
    void operator()(FILE* pipe) const noexcept { pclose(pipe); }
};

/// One second of stereo MP3 at 44.1 kHz, as its frames.
std::vector<Bytes> mp3_frames() {
    const std::unique_ptr<FILE, PipeCloser> pipe{
        popen("ffmpeg -v error -f lavfi -i sine=440:sample_rate=44100:duration=1 -ac 2 "
              "-c:a libmp3lame -b:a 128k -write_xing 0 -id3v2_version 0 -f mp3 pipe:1",
              "r")};
    Bytes all(100'000);
    all.resize(fread(all.data(), 1, all.size(), pipe.get()));
    std::vector<Bytes> frames;
    for (std::size_t at = 0; at + 4 < all.size();) {
        const std::size_t size = 144 * 128'000 / 44'100 + ((all[at + 2] & 2U) != 0 ? 1 : 0);
        const auto end = std::min(at + size, all.size());
        frames.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                            all.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
    }
    return frames;
}

TEST(AudioDecoder, DecodesMp3) {
    const auto frames = mp3_frames();
    ASSERT_GT(frames.size(), 30U);
    Collector<PcmChunk> chunks;
    auto decoder = AudioDecoder::start(Codec::kMp3, {}, {.sample_rate_hz = 44'100, .channels = 2},
                                       chunks.callback(), expect_no_error);
    ASSERT_TRUE(decoder.has_value()) << decoder.error().message();

    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_TRUE((*decoder)->push(std::make_shared<const Bytes>(frames[i]),
                                     time_of(static_cast<std::int64_t>(i) * 1152, 44'100)));
    }
    (*decoder)->drain();

    EXPECT_NEAR(static_cast<double>(frames_in(chunks.items())),
                static_cast<double>(frames.size() * 1152), 1152.0);
    EXPECT_EQ(chunks.items().front().start(), StreamTime{});
}

TEST(AudioDecoder, RefusesWhatItCannotDecode) {
    const auto ignore = [](const PcmChunk&) {};

    const auto no_config = AudioDecoder::start(Codec::kAac, {}, kStereo48k, ignore, {});
    const auto h264 = AudioDecoder::start(Codec::kH264, {}, kStereo48k, ignore, {});
    const auto format = AudioDecoder::start(Codec::kMp3, {}, {48'000, 6}, ignore, {});

    for (const auto* decoder : {&no_config, &h264, &format}) {
        ASSERT_FALSE(decoder->has_value());
        EXPECT_EQ(decoder->error().code(), ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace livedub::gst
