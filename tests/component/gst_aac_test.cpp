// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The AAC encoder and the decoder together: sound comes back where it was, whole, and nothing a
// stream can contain stops it.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "component/gst_audio.hpp"
#include "gst/aac_encoder.hpp"

namespace livedub::gst {
namespace {

struct RoundTrip {
    std::string name;
    PcmFormat format;
    AacEncoderChoice encoder;

    friend void PrintTo(const RoundTrip& trip, std::ostream* out) { *out << trip.name; }
};

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
    const auto frames = encode(trip.format, input, config, trip.encoder);
    const auto chunks = decode(trip.format, config, frames);

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

TEST(AacEncoder, GivesAFrameForEvery1024Samples) {
    Collector<AacFrame> frames;
    auto encoder = AacEncoder::start(kStereo48k, 128'000, frames.callback());
    ASSERT_TRUE(encoder.has_value()) << encoder.error().message();

    for (std::size_t pushed = 1; pushed < 20; ++pushed) {
        ASSERT_TRUE((*encoder)->push(sweeps(kStereo48k, 1024)));
        ASSERT_TRUE(frames.wait_for(pushed)) << "frame " << pushed << " waits for the next";
    }
}

TEST(AacEncoder, SaysWhatDecodersNeed) {
    const auto ignore = [](const AacFrame&) {};

    const auto stereo = AacEncoder::start({48'000, 2}, 128'000, ignore);
    const auto mono = AacEncoder::start({44'100, 1}, 96'000, ignore);

    ASSERT_TRUE(stereo.has_value() && mono.has_value());
    EXPECT_EQ((*stereo)->audio_specific_config(), (Bytes{0x11, 0x90}));
    EXPECT_EQ((*mono)->audio_specific_config(), (Bytes{0x12, 0x08}));
}

TEST(AacEncoder, RefusesWhatAacHasNot) {
    const auto encoder = AacEncoder::start({44'000, 2}, 128'000, [](const AacFrame&) {});

    ASSERT_FALSE(encoder.has_value());
    EXPECT_EQ(encoder.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(encoder.error().message(), "AAC encoder: no rate of 44000 Hz");
}

TEST(AacEncoder, TakesNothingAfterDraining) {
    auto encoder = AacEncoder::start(kStereo48k, 128'000, [](const AacFrame&) {});
    ASSERT_TRUE(encoder.has_value());

    (*encoder)->drain();
    (*encoder)->drain();

    EXPECT_FALSE((*encoder)->push(sweeps(kStereo48k, 1024)));
}

}  // namespace
}  // namespace livedub::gst
