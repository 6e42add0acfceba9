// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/clip_work.hpp"

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <ostream>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "clips/clip.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_client {
namespace {

constexpr PcmFormat kStereo48{48'000, 2};

PcmChunk tone(StreamTime start, PcmFormat format, std::size_t frames) {
    std::vector<std::int16_t> samples;
    samples.reserve(frames * static_cast<std::size_t>(format.channels));
    for (std::size_t i = 0; i < frames; ++i) {
        const double phase = 2.0 * std::numbers::pi * 440.0 * static_cast<double>(i);
        const auto sample = static_cast<std::int16_t>(
            8'000.0 * std::sin(phase / static_cast<double>(format.sample_rate_hz)));
        samples.insert(samples.end(), static_cast<std::size_t>(format.channels), sample);
    }
    return *PcmChunk::make(start, format, std::move(samples));
}

double loudness(const PcmChunk& sound, std::size_t first, std::size_t last) {
    double sum = 0.0;
    const auto channels = static_cast<std::size_t>(sound.format().channels);
    for (std::size_t i = first * channels; i < last * channels; ++i) {
        sum += std::abs(static_cast<double>(sound.samples().at(i)));
    }
    return sum / static_cast<double>((last - first) * channels);
}

struct Slot {
    std::string name;
    std::size_t sound_frames;
};
void PrintTo(const Slot& slot, std::ostream* out) {
    *out << slot.name;
}

class FitToSlot : public testing::TestWithParam<Slot> {};

TEST_P(FitToSlot, GivesTheSlotsStartAndLength) {
    const StreamTime start{std::chrono::seconds{12}};
    const FragmentShape slot{.start = start, .format = kStereo48, .frames = 4'800};
    const auto fitted = fit_to_slot(tone(StreamTime{}, kStereo48, GetParam().sound_frames), slot);
    EXPECT_EQ(fitted.start(), start);
    EXPECT_EQ(fitted.format(), kStereo48);
    EXPECT_EQ(fitted.frames(), 4'800U);
}

INSTANTIATE_TEST_SUITE_P(Lengths, FitToSlot,
                         testing::Values(Slot{"none", 0}, Slot{"one", 1}, Slot{"shorter", 3'000},
                                         Slot{"exact", 4'800}, Slot{"longer", 7'000}),
                         [](const auto& tested) { return tested.param.name; });

TEST(FitToSlotSound, FadesWhereItWasCut) {
    const FragmentShape slot{.start = {}, .format = kStereo48, .frames = 4'800};
    const auto fitted = fit_to_slot(tone({}, kStereo48, 7'000), slot);
    EXPECT_EQ(fitted.samples().back(), 0);
    EXPECT_GT(loudness(fitted, 4'300, 4'560), 4'000.0);
    EXPECT_LT(loudness(fitted, 4'700, 4'800), 2'500.0);
}

TEST(FitToSlotSound, LeavesSoundThatFitsAsItIs) {
    const auto sound = tone({}, kStereo48, 4'800);
    EXPECT_EQ(fit_to_slot(sound, {.start = {}, .format = kStereo48, .frames = 4'800}), sound);
}

TEST(MakeClip, SendsTheClipThatIsThere) {
    const Fragment fragment{.number = 0,
                            .audio = tone({}, kStereo48, 480),
                            .clip = std::make_shared<const std::string>("made before")};
    EXPECT_EQ(make_clip(fragment), "made before");
}

TEST(MakeClip, EncodesRealMp4AtARateThatAacHas) {
    const Fragment fragment{.number = 0, .audio = tone({}, {96'000, 1}, 96'000), .clip = nullptr};
    const auto clip = make_clip(fragment);
    ASSERT_TRUE(clip);
    EXPECT_EQ(clip->substr(4, 4), "ftyp");
    const auto decoded = clips::decode_clip(*clip, {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->sound.format(), (PcmFormat{48'000, 1}));
}

struct Travelled {
    std::string name;
    clips::ClipFormat format;
    PcmFormat pcm;
    std::string label;
    bool is_binary;
};
void PrintTo(const Travelled& travelled, std::ostream* out) {
    *out << travelled.name;
}

class DecodeDub : public testing::TestWithParam<Travelled> {};

TEST_P(DecodeDub, FillsTheSlotWhateverTheServerSends) {
    const auto& tested = GetParam();
    const auto sound = tone({}, tested.pcm, static_cast<std::size_t>(tested.pcm.sample_rate_hz));
    const auto bytes = clips::encode_clip(sound, tested.format);
    ASSERT_TRUE(bytes);
    DecodeTask task;
    task.number = 4;
    task.fragment_id = "x";
    task.audio.format = tested.label;
    task.audio.sample_rate_hz = tested.pcm.sample_rate_hz;
    task.audio.channels = tested.pcm.channels;
    task.audio.is_binary = tested.is_binary;
    task.audio.data = tested.is_binary ? *bytes : wire::encode_base64(*bytes);
    const StreamTime start{std::chrono::seconds{6}};
    task.shape = {.start = start, .format = kStereo48, .frames = 48'000};
    const auto decoded = decode_dub(std::move(task));
    ASSERT_TRUE(decoded.dub) << decoded.problem;
    EXPECT_EQ(decoded.number, 4U);
    EXPECT_EQ(decoded.fragment_id, "x");
    EXPECT_EQ(decoded.dub->start(), start);
    EXPECT_EQ(decoded.dub->format(), kStereo48);
    EXPECT_EQ(decoded.dub->frames(), 48'000U);
    EXPECT_GT(loudness(*decoded.dub, 10'000, 38'000), 4'000.0);
    ASSERT_NE(decoded.clip, nullptr);
    EXPECT_EQ(*decoded.clip, *bytes);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, DecodeDub,
    testing::Values(Travelled{"m4a", clips::ClipFormat::kM4a, {48'000, 2}, "m4a", false},
                    Travelled{"binary", clips::ClipFormat::kM4a, {48'000, 2}, "m4a", true},
                    Travelled{"adts_as_m4a", clips::ClipFormat::kAdts, {44'100, 1}, "m4a", false},
                    Travelled{"wav", clips::ClipFormat::kWav, {22'050, 1}, "wav", false},
                    Travelled{"pcm", clips::ClipFormat::kPcmS16, {16'000, 1}, "pcm_s16le", false},
                    Travelled{
                        "unknown_label", clips::ClipFormat::kM4a, {48'000, 1}, "opus", false}),
    [](const auto& tested) { return tested.param.name; });

TEST(DecodeDubProblems, NoBase64) {
    DecodeTask task;
    task.audio.data = "!!!";
    task.shape = {.start = {}, .format = kStereo48, .frames = 480};
    const auto decoded = decode_dub(std::move(task));
    EXPECT_FALSE(decoded.dub);
    EXPECT_EQ(decoded.clip, nullptr);
    EXPECT_EQ(decoded.problem, "the audio is not base64");
}

TEST(DecodeDubProblems, NoSound) {
    DecodeTask task;
    task.audio.data = wire::encode_base64("this is a text and no sound at all");
    task.shape = {.start = {}, .format = kStereo48, .frames = 480};
    const auto decoded = decode_dub(std::move(task));
    EXPECT_FALSE(decoded.dub);
    EXPECT_EQ(decoded.clip, nullptr);
    EXPECT_FALSE(decoded.problem.empty());
}

}  // namespace
}  // namespace livedub::sts_client
