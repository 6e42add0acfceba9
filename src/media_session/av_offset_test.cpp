// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/av_offset.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::milliseconds;

StreamTime ms(std::int64_t value) {
    return StreamTime{milliseconds{value}};
}

TEST(AvOffset, IsNotKnownBeforeBothHaveBeenSent) {
    AvOffset offset;
    EXPECT_EQ(offset.value(), std::nullopt);
    offset.sent(Track::kVideo, milliseconds{0});
    EXPECT_EQ(offset.value(), std::nullopt);
    offset.sent(Track::kAudio, milliseconds{0});
    EXPECT_EQ(offset.value(), milliseconds{0});
}

TEST(AvOffset, IsZeroWhenBothAreMovedAlike) {
    AvOffset offset;
    offset.sent(Track::kVideo, milliseconds{40});
    offset.sent(Track::kAudio, milliseconds{40});
    EXPECT_EQ(offset.value(), milliseconds{0});
}

TEST(AvOffset, IsPositiveWhenTheSoundIsLater) {
    AvOffset offset;
    offset.sent(Track::kVideo, milliseconds{10});
    offset.sent(Track::kAudio, milliseconds{25});
    EXPECT_EQ(offset.value(), milliseconds{15});
    offset.sent(Track::kAudio, milliseconds{-5});
    EXPECT_EQ(offset.value(), milliseconds{-15});
}

TEST(ShiftHistory, GivesEachMomentTheShiftItWasPlacedWith) {
    ShiftHistory history;
    EXPECT_EQ(history.take(ms(0)), milliseconds{0});
    history.placed(ms(100), milliseconds{1});
    history.placed(ms(200), milliseconds{1});
    history.placed(ms(300), milliseconds{4});

    EXPECT_EQ(history.take(ms(0)), milliseconds{1});
    EXPECT_EQ(history.take(ms(199)), milliseconds{1});
    EXPECT_EQ(history.take(ms(200)), milliseconds{4});
    EXPECT_EQ(history.take(ms(900)), milliseconds{4}) << "silence was put after it";
    history.placed(ms(1'000), milliseconds{-2});
    EXPECT_EQ(history.take(ms(901)), milliseconds{-2});
}

}  // namespace
}  // namespace livedub
