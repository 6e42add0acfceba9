// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/audio_track.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include <gtest/gtest.h>

#include "media/sample_time.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PcmFormat kMono{.sample_rate_hz = 48'000, .channels = 1};
constexpr std::int64_t kFrame = 1024;

PcmChunk chunk(StreamTime start, std::int16_t value, std::int64_t frames = kFrame) {
    return *PcmChunk::make(start, kMono,
                           std::vector<std::int16_t>(static_cast<std::size_t>(frames), value));
}

/// As RTMP stamps it: whole milliseconds.
StreamTime stamped(std::int64_t sample) {
    return StreamTime{
        std::chrono::round<milliseconds>(sample_time(sample, 48'000).time_since_epoch())};
}

TEST(AudioTrack, RoundedTimestampsLeaveTheSamplesAlone) {
    AudioTrack track{kMono, seconds{10}};

    for (std::int64_t i = 0; i < 200; ++i) {
        track.append(chunk(stamped(i * kFrame), static_cast<std::int16_t>(i + 1)));
    }

    EXPECT_EQ(track.end(), 200 * kFrame);
    EXPECT_EQ(track.corrections(), 0U);
    const auto samples = track.read(0, 200 * kFrame);
    EXPECT_EQ(samples[0], 1);
    EXPECT_EQ(samples[100 * kFrame], 101);
    EXPECT_EQ(samples[100 * kFrame - 1], 100);
}

TEST(AudioTrack, FillsAGapWithSilence) {
    AudioTrack track{kMono, seconds{10}};
    track.append(chunk(StreamTime{}, 500));

    track.append(chunk(StreamTime{seconds{1}}, 700));

    EXPECT_EQ(track.end(), 48'000 + kFrame);
    EXPECT_EQ(track.read(kFrame, kFrame + 1).front(), 0);
    EXPECT_EQ(track.read(47'999, 48'000).front(), 0);
    EXPECT_EQ(track.read(48'000, 48'001).front(), 700);
    EXPECT_EQ(track.corrections(), 1U);
}

TEST(AudioTrack, DropsWhatOverlaps) {
    AudioTrack track{kMono, seconds{10}};
    track.append(chunk(StreamTime{}, 500, 48'000));

    track.append(chunk(StreamTime{milliseconds{900}}, 700, 9'600));

    EXPECT_EQ(track.end(), 52'800);
    EXPECT_EQ(track.read(48'000, 48'001).front(), 700);
}

TEST(AudioTrack, ALateFirstChunkBeginsWithSilence) {
    AudioTrack track{kMono, seconds{10}};

    track.append(chunk(StreamTime{milliseconds{100}}, 700));

    EXPECT_EQ(track.end(), 4'800 + kFrame);
    EXPECT_EQ(track.read(0, 1).front(), 0);
}

TEST(AudioTrack, FollowsADriftingSenderWithinAFewMilliseconds) {
    for (const double factor : {1.0005, 0.9995}) {
        AudioTrack track{kMono, seconds{5}};
        double sent = 0;
        for (int i = 0; i < 20'000; ++i) {  // seven minutes: 200 ms of drift
            track.append(chunk(StreamTime{StreamDuration{static_cast<std::int64_t>(sent)}}, 100));
            sent += factor * kFrame * 1e9 / 48'000;
        }

        const auto off = sample_time(track.end(), 48'000) -
                         StreamTime{StreamDuration{static_cast<std::int64_t>(sent)}};

        EXPECT_LE(std::abs(off / milliseconds{1}), 8) << factor;
        EXPECT_GT(track.corrections(), 0U);
    }
}

TEST(AudioTrack, FillingToTheMomentOnAirTakesItsPlace) {
    AudioTrack track{kMono, seconds{10}};
    track.append(chunk(StreamTime{}, 500));

    track.fill_to(48'000);
    track.append(chunk(StreamTime{milliseconds{100}}, 700));  // came too late
    track.append(chunk(StreamTime{seconds{1}}, 900));

    EXPECT_EQ(track.read(10'000, 10'001).front(), 0);
    EXPECT_EQ(track.read(48'000, 48'001).front(), 900);
}

TEST(AudioTrack, HoldsNoMoreThanItMay) {
    AudioTrack track{kMono, seconds{2}};

    for (std::int64_t i = 0; i < 1000; ++i) {
        track.append(chunk(stamped(i * kFrame), 1));
    }

    const auto all = track.read(0, track.end());
    const auto held = std::accumulate(all.begin(), all.end(), std::int64_t{0});
    EXPECT_GE(held, 2 * 48'000);
    EXPECT_LE(held, 3 * 48'000 + kFrame);
}

}  // namespace
}  // namespace livedub
