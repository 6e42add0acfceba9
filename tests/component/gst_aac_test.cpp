// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The AAC encoder and the decoder together: sound comes back where it was, whole, and nothing a
// stream can contain stops it.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "gst/aac_decoder.hpp"
#include "gst/aac_encoder.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;

struct RoundTrip {
    std::string name;
    PcmFormat format;
    AacEncoderChoice encoder;

    friend void PrintTo(const RoundTrip& trip, std::ostream* out) { *out << trip.name; }
};

/// Quiet noise with a loud sweep of 20 ms every half second: peaks that correlation cannot mistake.
std::vector<std::int16_t> sweeps(PcmFormat format, std::size_t frames) {
    std::mt19937 random{1};
    std::uniform_int_distribution<int> noise{-50, 50};
    const double rate = format.sample_rate_hz;
    const auto channels = static_cast<std::size_t>(format.channels);
    std::vector<std::int16_t> samples(frames * channels);
    for (std::size_t i = 0; i < frames; ++i) {
        const double t = std::fmod(static_cast<double>(i) / rate, 0.5);
        const double phase = 2.0 * std::numbers::pi * (500.0 * t + 0.5 * 150'000.0 * t * t);
        const double value = t < 0.02 ? 12'000.0 * std::sin(phase) : 0.0;
        for (std::size_t c = 0; c < channels; ++c) {
            samples[i * channels + c] =
                static_cast<std::int16_t>(value + static_cast<double>(noise(random)));
        }
    }
    return samples;
}

/// The queues hold 2 s and refuse more; a test that is faster than that tries again.
template <typename Push>
bool push_patiently(const Push& push) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!push()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

std::vector<AacFrame> encode(const RoundTrip& trip, const std::vector<std::int16_t>& samples,
                             Bytes& config) {
    std::vector<AacFrame> frames;
    auto encoder = AacEncoder::start(
        trip.format, 128'000, [&](AacFrame frame) { frames.push_back(std::move(frame)); },
        trip.encoder);
    EXPECT_TRUE(encoder.has_value()) << encoder.error().message();
    config = (*encoder)->audio_specific_config();
    // Pieces that are not whole AAC frames, as a mixer would push them.
    const auto piece = static_cast<std::size_t>(trip.format.channels) * 441;
    for (std::size_t at = 0; at < samples.size(); at += piece) {
        const auto size = std::min(piece, samples.size() - at);
        EXPECT_TRUE(
            push_patiently([&] { return (*encoder)->push(std::span{samples}.subspan(at, size)); }));
    }
    (*encoder)->drain();
    return frames;
}

/// Frame k is pushed with the time of its first sample; what comes out is put where it says.
std::vector<PcmChunk> decode(const RoundTrip& trip, const Bytes& config,
                             const std::vector<AacFrame>& frames) {
    std::vector<PcmChunk> chunks;
    Mutex mutex;
    auto decoder = AudioDecoder::start(
        Codec::kAac, config, trip.format,
        [&](PcmChunk chunk) {
            const MutexLock lock{mutex};
            chunks.push_back(std::move(chunk));
        },
        [](const Error& error) { ADD_FAILURE() << error.message(); });
    EXPECT_TRUE(decoder.has_value()) << decoder.error().message();
    for (const auto& frame : frames) {
        const auto start =
            StreamDuration{frame.first_sample * 1'000'000'000 / trip.format.sample_rate_hz};
        EXPECT_TRUE(
            push_patiently([&] { return (*decoder)->push(frame.payload, StreamTime{start}); }));
    }
    (*decoder)->drain();
    const MutexLock lock{mutex};
    return chunks;
}

std::int64_t sample_at(StreamTime time, int rate) {
    return std::llround(static_cast<double>(time.time_since_epoch().count()) * rate / 1e9);
}

/// By how many samples `output` is later than `input`, by cross-correlation of the first channel
/// over `window` samples from `from`.
int lag(const std::vector<std::int16_t>& input, const std::vector<std::int16_t>& output,
        int channels, std::size_t from, std::size_t window) {
    int best = 0;
    double best_sum = -1.0;
    for (int shift = -2500; shift <= 2500; ++shift) {
        double sum = 0.0;
        for (std::size_t i = from; i < from + window; ++i) {
            const auto in = i * static_cast<std::size_t>(channels);
            const auto out = (static_cast<std::ptrdiff_t>(i) + shift) * channels;
            sum += static_cast<double>(input[in]) *
                   static_cast<double>(output[static_cast<std::size_t>(out)]);
        }
        if (sum > best_sum) {
            best_sum = sum;
            best = shift;
        }
    }
    return best;
}

class AacRoundTrip : public testing::TestWithParam<RoundTrip> {};

TEST_P(AacRoundTrip, BringsSoundBackWhereItWas) {
    const auto& trip = GetParam();
    const auto rate = static_cast<std::size_t>(trip.format.sample_rate_hz);
    const auto channels = static_cast<std::size_t>(trip.format.channels);
    const std::size_t length = 3 * rate + 123;
    const auto input = sweeps(trip.format, length);

    Bytes config;
    const auto frames = encode(trip, input, config);
    const auto chunks = decode(trip, config, frames);

    ASSERT_FALSE(chunks.empty());
    const std::int64_t delay = -frames.front().first_sample;
    // No frame is missing or doubled, and the last sample can be decoded.
    // (avenc_aac gives one frame more than asked when it is flushed.)
    EXPECT_GE(frames.size(), (length + static_cast<std::size_t>(delay) + 1023) / 1024);
    EXPECT_LE(frames.size(), (length + static_cast<std::size_t>(delay) + 1023) / 1024 + 1);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        ASSERT_EQ(frames[i].first_sample, static_cast<std::int64_t>(i) * 1024 - delay);
    }
    // Laid end to end the chunks have no gap: each starts where the one before ended.
    std::vector<std::int16_t> output(channels * (length + 4096));
    std::int64_t expected = -delay;
    for (const auto& chunk : chunks) {
        const auto at = sample_at(chunk.start(), trip.format.sample_rate_hz);
        ASSERT_EQ(at, expected);
        expected += static_cast<std::int64_t>(chunk.frames());
        for (std::size_t i = 0; i < chunk.frames(); ++i) {
            const auto place = at + static_cast<std::int64_t>(i);
            if (place >= 0 && static_cast<std::size_t>(place) < length + 4096) {
                for (std::size_t c = 0; c < channels; ++c) {
                    output[static_cast<std::size_t>(place) * channels + c] =
                        chunk.samples()[i * channels + c];
                }
            }
        }
    }
    EXPECT_GE(expected, static_cast<std::int64_t>(length));
    EXPECT_EQ(expected, static_cast<std::int64_t>(frames.size()) * 1024 - delay);
    for (const std::size_t sweep : {1U, 4U}) {
        const int found = lag(input, output, trip.format.channels, sweep * rate / 2, rate / 50);
        EXPECT_LE(std::abs(found), 1) << "lag " << found << " samples at sweep " << sweep;
        RecordProperty("lag_samples", found);
    }
}

constexpr auto kVo = AacEncoderChoice::kVoAacEnc;
constexpr auto kAv = AacEncoderChoice::kAvEncAac;

INSTANTIATE_TEST_SUITE_P(All, AacRoundTrip,
                         testing::Values(RoundTrip{"VoMono44", {44'100, 1}, kVo},
                                         RoundTrip{"VoStereo44", {44'100, 2}, kVo},
                                         RoundTrip{"VoMono48", {48'000, 1}, kVo},
                                         RoundTrip{"VoStereo48", {48'000, 2}, kVo},
                                         RoundTrip{"AvMono44", {44'100, 1}, kAv},
                                         RoundTrip{"AvStereo44", {44'100, 2}, kAv},
                                         RoundTrip{"AvMono48", {48'000, 1}, kAv},
                                         RoundTrip{"AvStereo48", {48'000, 2}, kAv}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace livedub::gst
