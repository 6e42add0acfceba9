// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/voice_activity.hpp"

#include <functional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "speech/test_signals.hpp"
#include "speech/transcriber.hpp"

namespace livedub::speech {
namespace {

constexpr int kRate = 16'000;
constexpr std::size_t kSize = 6 * kRate;

struct Sound {
    std::string name;
    std::function<std::vector<float>()> make;

    friend void PrintTo(const Sound& sound, std::ostream* out) { *out << sound.name; }
};

std::vector<SpeechSpan> heard_in(const std::vector<float>& mono) {
    VoiceActivityDetector detector;
    return *detector.find_speech(as_chunk(mono, kRecognitionFormat));
}

std::vector<float> crowd_of(int voices) {
    std::vector<float> x(kSize);
    for (int i = 0; i < voices; ++i) {
        x = sum_of(std::move(x), voice(kSize, kRate, 95.0 + 9.7 * i, 0.37 * i));
    }
    return x;
}

class GateRejects : public testing::TestWithParam<Sound> {};

TEST_P(GateRejects, WhatIsNotAVoice) {
    EXPECT_TRUE(heard_in(GetParam().make()).empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, GateRejects,
    testing::Values(Sound{"Silence", [] { return std::vector<float>(kSize); }},
                    Sound{"AlmostSilence", [] { return at_level(white_noise(kSize, 1), -70); }},
                    Sound{"WhiteNoise", [] { return at_level(white_noise(kSize, 2), -20); }},
                    Sound{"PinkNoise", [] { return at_level(pink_noise(kSize, 3), -20); }},
                    Sound{"BrownNoise", [] { return at_level(brown_noise(kSize, 4), -20); }},
                    Sound{"SwellingCrowd",
                          [] {
                              auto x = pink_noise(kSize, 5);
                              for (std::size_t i = 0; i < kSize; ++i) {
                                  x[i] *= 1.0F + 0.8F * std::sin(static_cast<float>(i) / 5'000.0F);
                              }
                              return at_level(std::move(x), -24);
                          }},
                    Sound{"Babble", [] { return at_level(crowd_of(16), -24); }},
                    Sound{"OneTone",
                          [] {
                              std::vector<float> x(kSize);
                              for (std::size_t i = 0; i < kSize; ++i) {
                                  x[i] = std::sin(static_cast<float>(i) * 0.0864F);  // 220 Hz
                              }
                              return at_level(std::move(x), -20);
                          }},
                    Sound{"Melody", [] { return at_level(melody(kSize, kRate), -20); }},
                    Sound{"ClicksEachSecond",
                          [] {
                              auto x = at_level(pink_noise(kSize, 6), -45);
                              for (std::size_t i = 0; i < kSize; ++i) {
                                  if (i % kRate < 320) {
                                      x[i] += 0.5F * std::sin(static_cast<float>(i) * 0.39F);
                                  }
                              }
                              return x;
                          }}),
    [](const auto& sound) { return sound.param.name; });

class GatePasses : public testing::TestWithParam<Sound> {};

TEST_P(GatePasses, AVoice) {
    const auto spans = heard_in(GetParam().make());

    ASSERT_FALSE(spans.empty());
    EXPECT_LT(spans.front().begin, std::chrono::milliseconds{500});
    EXPECT_GT(spans.back().end, std::chrono::milliseconds{5'000});
}

INSTANTIATE_TEST_SUITE_P(
    All, GatePasses,
    testing::Values(Sound{"Alone", [] { return at_level(voice(kSize, kRate, 110, 0), -23); }},
                    Sound{"High", [] { return at_level(voice(kSize, kRate, 210, 0), -23); }},
                    Sound{"Quiet", [] { return at_level(voice(kSize, kRate, 120, 0), -42); }},
                    Sound{"OverAQuietCrowd",
                          [] {
                              return sum_of(at_level(voice(kSize, kRate, 110, 0), -23),
                                            at_level(crowd_of(16), -41));
                          }},
                    Sound{"InPinkNoise15dBBelow",
                          [] {
                              return sum_of(at_level(voice(kSize, kRate, 110, 0), -23),
                                            at_level(pink_noise(kSize, 7), -38));
                          }}),
    [](const auto& sound) { return sound.param.name; });

TEST(VoiceActivity, TellsWhenTheVoiceBegins) {
    auto x = std::vector<float>(kSize);
    const auto speech = at_level(voice(kSize / 3, kRate, 110, 0), -23);
    std::copy(speech.begin(), speech.end(), x.begin() + kSize / 2);

    const auto spans = heard_in(x);

    ASSERT_EQ(spans.size(), 1U);
    EXPECT_NEAR(std::chrono::duration<double>{spans[0].begin}.count(), 2.85, 0.15);
    EXPECT_NEAR(std::chrono::duration<double>{spans[0].end}.count(), 4.9, 0.25);
}

TEST(VoiceActivity, LearnsTheBackgroundFromEarlierFragments) {
    // A voice without a pause over a crowd, two seconds long: on its own it has no background.
    const auto crowd = at_level(pink_noise(kSize, 8), -30);
    VoiceActivityDetector detector;
    ASSERT_TRUE(detector.find_speech(as_chunk(crowd, kRecognitionFormat))->empty());

    const auto mixed = sum_of(at_level(voice(kSize, kRate, 130, 0), -18), crowd);

    EXPECT_FALSE(detector.find_speech(as_chunk(mixed, kRecognitionFormat))->empty());
}

}  // namespace
}  // namespace livedub::speech
