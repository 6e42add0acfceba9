// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/samples.hpp"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "speech/time_stretch.hpp"
#include "speech/transcriber.hpp"

namespace livedub::speech {
namespace {

MonoSignal sine(int rate_hz, double frequency_hz, std::size_t size) {
    MonoSignal signal{.sample_rate_hz = rate_hz, .samples = std::vector<float>(size)};
    for (std::size_t i = 0; i < size; ++i) {
        signal.samples[i] =
            0.5F * static_cast<float>(std::sin(2.0 * std::numbers::pi * frequency_hz *
                                               static_cast<double>(i) / rate_hz));
    }
    return signal;
}

/// Rising zero crossings per second.
double pitch_of(const MonoSignal& signal) {
    int crossings = 0;
    for (std::size_t i = 1; i < signal.samples.size(); ++i) {
        crossings += signal.samples[i - 1] < 0.0F && signal.samples[i] >= 0.0F ? 1 : 0;
    }
    return crossings / signal.seconds();
}

TEST(Samples, MixDownIsTheMeanOfTheChannels) {
    const auto chunk = *PcmChunk::make({}, {.sample_rate_hz = 8'000, .channels = 2},
                                       {16'384, 0, -32'768, -32'768});

    EXPECT_EQ(mix_down(chunk).samples, (std::vector<float>{0.25F, -1.0F}));
}

TEST(Samples, FullScaleSaturates) {
    const std::vector<float> loud{1.5F, -1.5F, 0.5F};

    EXPECT_EQ(to_pcm16(loud, 1), (std::vector<std::int16_t>{32'767, -32'768, 16'384}));
}

TEST(Samples, ResamplingKeepsLengthAndPitch) {
    const auto out = resample(sine(44'100, 440.0, 44'100), 16'000);

    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->samples.size(), 16'000U);
    EXPECT_NEAR(pitch_of(*out), 440.0, 2.0);
}

TEST(Samples, RecognitionFormatKeepsThePlaceOnTheTimeline) {
    const StreamTime start{std::chrono::seconds{7}};
    const auto chunk = *PcmChunk::make(start, {.sample_rate_hz = 44'100, .channels = 2},
                                       std::vector<std::int16_t>(std::size_t{2} * 44'100));

    const auto out = to_recognition_format(chunk);

    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->start(), start);
    EXPECT_EQ(out->format(), kRecognitionFormat);
    EXPECT_EQ(out->frames(), 16'000U);
}

TEST(TimeStretch, IsExactInLengthAndKeepsThePitch) {
    const auto out = stretch(sine(22'050, 200.0, 44'100), 1.6, {});

    ASSERT_TRUE(out.has_value());
    EXPECT_EQ(out->samples.size(), 27'563U);
    EXPECT_NEAR(pitch_of(*out), 200.0, 4.0);
}

TEST(TimeStretch, RefusesNonsense) {
    EXPECT_FALSE(stretch(sine(8'000, 200.0, 800), 0.0, {}).has_value());
    EXPECT_FALSE(stretch(sine(8'000, 200.0, 800), std::nan(""), {}).has_value());
}

}  // namespace
}  // namespace livedub::speech
