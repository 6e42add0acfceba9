// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/dub_mixer.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;

constexpr PcmFormat kMono{.sample_rate_hz = 48'000, .channels = 1};
constexpr std::size_t kMs = 48;  // frames in a millisecond

/// One second of dub that speaks (a square wave, so every 10 ms has its peak) from 200 to 600 ms.
PcmChunk dub_at(StreamTime start, std::int16_t level) {
    std::vector<std::int16_t> samples(1000 * kMs);
    for (std::size_t i = 200 * kMs; i < 600 * kMs; ++i) {
        samples[i] = i / 48 % 2 == 0 ? level : static_cast<std::int16_t>(-level);
    }
    return *PcmChunk::make(start, kMono, std::move(samples));
}

/// Mixes `seconds` of a constant original in small odd-sized blocks, as the session does.
std::vector<std::int16_t> run(DubMixer& mixer, std::int16_t level, std::size_t milliseconds_long) {
    std::vector<std::int16_t> out(milliseconds_long * kMs, level);
    constexpr std::size_t kBlock = 1024;
    for (std::size_t at = 0; at < out.size(); at += kBlock) {
        mixer.mix(std::span{out}.subspan(at, std::min(kBlock, out.size() - at)));
    }
    return out;
}

double db(double ratio) {
    return 20.0 * std::log10(ratio);
}

TEST(DubMixer, LeavesTheOriginalAloneWhereNobodySpeaks) {
    DubMixer mixer{kMono, {}};

    const auto out = run(mixer, 1234, 500);

    EXPECT_TRUE(std::ranges::all_of(out, [](int sample) { return sample == 1234; }));
}

TEST(DubMixer, DucksUnderTheDubAndComesBack) {
    DubMixer mixer{kMono, {}};
    mixer.add(dub_at(StreamTime{milliseconds{1000}}, 1000));

    const auto out = run(mixer, 10'000, 2500);

    // The mean removes the dub (a square wave) and leaves the original's level.
    const auto level_at = [&](std::size_t ms) {
        double sum = 0;
        for (std::size_t i = ms * kMs; i < (ms + 10) * kMs; ++i) {
            sum += out[i];
        }
        return sum / (10.0 * kMs) / 10'000.0;
    };
    EXPECT_NEAR(level_at(1100), 1.0, 1e-3);       // before the attack
    EXPECT_NEAR(db(level_at(1210)), -15.0, 0.2);  // attack done as speech begins
    EXPECT_NEAR(db(level_at(1590)), -15.0, 0.2);
    EXPECT_NEAR(db(level_at(1750)), -7.25, 0.5);  // half way through the release
    EXPECT_NEAR(level_at(1920), 1.0, 1e-3);
}

TEST(DubMixer, MuteSilencesTheOriginalCompletely) {
    DubMixer mixer{kMono, {.duck_db = MixSettings::kMute}};
    mixer.add(dub_at(StreamTime{}, 0x4000));

    auto out = run(mixer, 10'000, 1500);

    EXPECT_EQ(out[400 * kMs], 400 % 2 == 0 ? 0x4000 : -0x4000);
    EXPECT_EQ(out[1450 * kMs], 10'000);
}

TEST(DubMixer, ADubThatIsAloneSilencesTheOriginalEvenWhereItIsSilentItself) {
    DubMixer mixer{kMono, {}};
    mixer.add(*PcmChunk::make(StreamTime{milliseconds{500}}, kMono,
                              std::vector<std::int16_t>(2'000 * kMs)),
              true);

    const auto out = run(mixer, 10'000, 4'000);

    EXPECT_EQ(out[400 * kMs], 10'000);
    EXPECT_EQ(out[1'000 * kMs], 0);
    EXPECT_EQ(out[2'400 * kMs], 0);
    EXPECT_EQ(out[3'990 * kMs], 10'000);
}

TEST(DubMixer, ChangesSmoothly) {
    DubMixer mixer{kMono, {}};
    auto loud =
        std::vector<std::int16_t>(100 * kMs, std::int16_t{12'000});  // speaks to its very edges
    mixer.add(*PcmChunk::make(StreamTime{milliseconds{100}}, kMono, std::move(loud)));

    const auto out = run(mixer, 8'000, 1000);

    int steepest = 0;
    for (std::size_t i = 1; i < out.size(); ++i) {
        steepest = std::max(steepest, std::abs(out[i] - out[i - 1]));
    }
    EXPECT_LT(steepest, 12'000 / (4 * static_cast<int>(kMs)));  // no edge shorter than 4 ms
}

TEST(DubMixer, SaturatesInsteadOfWrapping) {
    DubMixer mixer{kMono, {.duck_db = 0.0}};
    mixer.add(dub_at(StreamTime{}, 30'000));

    const auto out = run(mixer, 30'000, 1000);

    EXPECT_EQ(*std::ranges::max_element(out), 32'767);
    EXPECT_GE(*std::ranges::min_element(out), -1000);
}

TEST(DubMixer, ALateDubIsCutNotShifted) {
    DubMixer mixer{kMono, {}};
    run(mixer, 0, 400);

    mixer.add(dub_at(StreamTime{}, 1000));
    const auto out = run(mixer, 0, 400);

    EXPECT_EQ(std::abs(out[100 * kMs]), 1000);  // 500 ms: still speaking
    EXPECT_EQ(out[250 * kMs], 0);               // 650 ms: over
}

}  // namespace
}  // namespace livedub
