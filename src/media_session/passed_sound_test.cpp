// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/passed_sound.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SharedBytes bytes(Bytes content) {
    return std::make_shared<const Bytes>(std::move(content));
}

const SharedBytes kStereo44k = bytes({0x12, 0x10});
const SharedBytes kMono48k = bytes({0x11, 0x88});

constexpr StreamTime at(milliseconds time) {
    return StreamTime{time};
}

PassedSound configured() {
    PassedSound sound;
    EXPECT_TRUE(sound.configure(kStereo44k));
    return sound;
}

TEST(PassedSound, APacketBelongsToTheSegmentThatItBeginsIn) {
    auto sound = configured();
    for (const int ms : {0, 23, 977, 1'000, 1'023}) {
        sound.add(at(milliseconds{ms}), bytes({static_cast<std::uint8_t>(ms / 4)}));
    }

    const auto first = sound.take_before(at(seconds{1}));
    const auto second = sound.take_before(at(seconds{2}));

    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->packets.size(), 3U);
    EXPECT_EQ(second->packets.size(), 2U);
    EXPECT_EQ(second->start(), at(seconds{1}));
    EXPECT_EQ(*second->packets.front().bytes, Bytes{250});
    EXPECT_FALSE(sound.take_before(at(seconds{3})));
    EXPECT_EQ(sound.dropped(), 0U);
}

TEST(PassedSound, SaysWhatItsConfigurationSays) {
    PassedSound sound;
    ASSERT_TRUE(sound.configure(kMono48k));
    sound.add(at(seconds{0}), bytes({1}));
    sound.add(at(seconds{1}), bytes({2}));

    EXPECT_EQ(sound.end(), at(seconds{1}) + std::chrono::nanoseconds{21'333'333});
    const auto taken = sound.take_before(at(seconds{6}));

    EXPECT_FALSE(sound.end());
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->format, (PcmFormat{.sample_rate_hz = 48'000, .channels = 1}));
    EXPECT_EQ(*taken->config, *kMono48k);
    EXPECT_EQ(taken->duration(), seconds{1} + std::chrono::nanoseconds{21'333'333});
}

TEST(PassedSound, ChannelsThatThePacketsTellAreTakenForTwo) {
    PassedSound sound;
    ASSERT_TRUE(sound.configure(bytes({0x12, 0x00})));
    sound.add(at(seconds{0}), bytes({1}));

    EXPECT_EQ(sound.take_before(at(seconds{6}))->format.channels, 2);
}

TEST(PassedSound, WhatLaterOnesCannotBeIntoTheSameFileWithIsDroppedAndCounted) {
    auto sound = configured();
    sound.add(at(seconds{0}), bytes({1}));
    ASSERT_TRUE(sound.configure(kStereo44k));  // said again: nothing is lost
    EXPECT_EQ(sound.dropped(), 0U);

    ASSERT_TRUE(sound.configure(kMono48k));
    sound.add(at(seconds{1}), bytes({2}));

    EXPECT_EQ(sound.dropped(), 1U);
    const auto taken = sound.take_before(at(seconds{6}));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->packets.size(), 1U);
    EXPECT_EQ(taken->format.sample_rate_hz, 48'000);
}

TEST(PassedSound, WithoutAReadableConfigurationNothingIsCollected) {
    PassedSound sound;
    sound.add(at(seconds{0}), bytes({1}));
    EXPECT_EQ(sound.configure(bytes({})).error().code(), ErrorCode::kProtocol);
    sound.add(at(seconds{1}), bytes({2}));

    EXPECT_FALSE(sound.take_before(at(seconds{6})));
    EXPECT_EQ(sound.dropped(), 2U);
}

TEST(PassedSound, ASenderThatSendsTooMuchLosesTheOldest) {
    auto sound = configured();
    for (std::size_t i = 0; i < PassedSound::kMostPackets + 10; ++i) {
        sound.add(at(milliseconds{i}), bytes({1}));
    }
    EXPECT_EQ(sound.dropped(), 10U);
    EXPECT_EQ(sound.take_before(StreamTime::max())->start(), at(milliseconds{10}));

    for (int i = 0; i < 9; ++i) {
        sound.add(at(milliseconds{i}), bytes(Bytes(std::size_t{1} << 20U)));
    }
    EXPECT_EQ(sound.dropped(), 11U);
}

}  // namespace
}  // namespace livedub
