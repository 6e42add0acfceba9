// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/timeline.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

StreamTime ms(std::int64_t value) {
    return StreamTime{milliseconds{value}};
}

/// Live packets: the wall clock stands where the timeline does.
StreamTime place_live(Timeline& timeline, Track track, std::uint32_t timestamp_ms) {
    return timeline.place(track, timestamp_ms, timeline.head()).dts;
}

TEST(Timeline, StartsAtZeroWhateverTheSenderSays) {
    Timeline timeline;

    EXPECT_EQ(place_live(timeline, Track::kVideo, 123'456), ms(0));
    EXPECT_EQ(place_live(timeline, Track::kAudio, 123'466), ms(10));
    EXPECT_EQ(place_live(timeline, Track::kVideo, 123'489), ms(33));
}

TEST(Timeline, KeepsAudioThatStartsBeforeVideo) {
    Timeline timeline;

    EXPECT_EQ(place_live(timeline, Track::kAudio, 0), ms(0));
    EXPECT_EQ(place_live(timeline, Track::kVideo, 2'000), ms(2'000));
    EXPECT_EQ(place_live(timeline, Track::kAudio, 23), ms(23));
}

TEST(Timeline, KnowsWhereEachTrackStands) {
    Timeline timeline;
    EXPECT_EQ(timeline.last(Track::kVideo), ms(0));

    place_live(timeline, Track::kAudio, 5'000);
    place_live(timeline, Track::kAudio, 5'040);
    EXPECT_EQ(timeline.last(Track::kVideo), ms(40));

    place_live(timeline, Track::kVideo, 5'020);
    EXPECT_EQ(timeline.last(Track::kVideo), ms(20));
    EXPECT_EQ(timeline.last(Track::kAudio), ms(40));
}

TEST(Timeline, UnrollsThe32BitWrap) {
    Timeline timeline;

    place_live(timeline, Track::kVideo, 0xFFFF'FFF0U);
    EXPECT_EQ(place_live(timeline, Track::kVideo, 0x11U), ms(33));
    EXPECT_EQ(place_live(timeline, Track::kAudio, 0xFFFF'FFFAU), ms(10));  // not yet wrapped
    EXPECT_EQ(place_live(timeline, Track::kAudio, 0x11U), ms(33));
}

TEST(Timeline, ALoopSeamGoesOnWhereItWasForBothTracks) {
    Timeline timeline;
    for (std::uint32_t t = 0; t <= 60'000; t += 100) {
        place_live(timeline, Track::kVideo, t);
        place_live(timeline, Track::kAudio, t + 5);
    }

    const auto seam = timeline.place(Track::kVideo, 0, timeline.head());

    EXPECT_TRUE(seam.is_discontinuity);
    EXPECT_EQ(seam.dts, ms(60'006));
    // Audio still has packets from before the seam, then crosses it: same shift, no second anchor.
    EXPECT_EQ(place_live(timeline, Track::kAudio, 60'028), ms(60'028));
    const auto audio = timeline.place(Track::kAudio, 5, timeline.head());
    EXPECT_FALSE(audio.is_discontinuity);
    EXPECT_EQ(audio.dts - seam.dts, milliseconds{22});  // 10 by its stamp, but never backwards
    EXPECT_EQ(place_live(timeline, Track::kAudio, 105), ms(60'111));
    EXPECT_EQ(place_live(timeline, Track::kVideo, 100), ms(60'106));
}

TEST(Timeline, AfterABreakTheStreamGoesOnAtTheLiveEdge) {
    Timeline timeline;
    place_live(timeline, Track::kVideo, 50'000);
    place_live(timeline, Track::kAudio, 50'000);

    const auto video = timeline.place(Track::kVideo, 0, ms(7'000));
    const auto audio = timeline.place(Track::kAudio, 12, ms(7'010));

    EXPECT_EQ(video.dts, ms(7'000));
    EXPECT_EQ(audio.dts, ms(7'012));
}

TEST(Timeline, AnHourForwardIsAJumpNotAnHourOfSilence) {
    Timeline timeline;
    place_live(timeline, Track::kVideo, 0);

    const auto jumped = timeline.place(
        Track::kVideo, static_cast<std::uint32_t>(milliseconds{hours{1}}.count()), ms(40));

    EXPECT_TRUE(jumped.is_discontinuity);
    EXPECT_EQ(jumped.dts, ms(1));
}

TEST(Timeline, APauseOfOneTrackMovesItNotAgainstTheOther) {
    Timeline timeline;
    place_live(timeline, Track::kAudio, 0);
    for (std::uint32_t t = 0; t <= 4'000; t += 40) {
        place_live(timeline, Track::kVideo, t);
    }

    // The pictures say that the sender's clock went on as it should; sound is sent a little later.
    const auto sound = timeline.place(Track::kAudio, 3'850, timeline.head());

    EXPECT_EQ(sound.dts, ms(3'850));
    EXPECT_FALSE(sound.is_discontinuity);
    EXPECT_EQ(place_live(timeline, Track::kVideo, 4'040), ms(4'040));
    EXPECT_EQ(place_live(timeline, Track::kAudio, 3'873), ms(3'873));
}

TEST(Timeline, SlidesKeepTheirPlaceBesideTheSound) {
    Timeline timeline;
    for (std::uint32_t t = 0; t <= 12'000; t += 20) {
        place_live(timeline, Track::kAudio, t);
        if (t % 2'000 == 100) {  // a picture every two seconds, sent before its sound
            EXPECT_EQ(place_live(timeline, Track::kVideo, t + 80), ms(t + 80));
        }
    }
}

TEST(Timeline, RepairsSmallStepsBack) {
    Timeline timeline;
    place_live(timeline, Track::kVideo, 0);
    place_live(timeline, Track::kVideo, 66);

    const auto repaired = timeline.place(Track::kVideo, 33, ms(66));
    EXPECT_EQ(repaired.dts, ms(66));
    EXPECT_EQ(repaired.stamped, ms(33));
    EXPECT_EQ(place_live(timeline, Track::kVideo, 100), ms(100));
}

TEST(Timeline, TheSecondJumpIsNotTakenForTheFirst) {
    Timeline timeline;
    place_live(timeline, Track::kVideo, 0);
    place_live(timeline, Track::kAudio, 0);
    timeline.place(Track::kVideo, 500'000, timeline.head());  // the video jumps alone...

    const auto audio =
        timeline.place(Track::kAudio, 900'000, ms(4'000));  // ...audio somewhere else

    EXPECT_TRUE(audio.is_discontinuity);
    EXPECT_EQ(audio.dts, ms(4'000));
}

TEST(Timeline, PostponingMovesBothTracks) {
    Timeline timeline;
    timeline.place(Track::kVideo, 1'000, {});
    timeline.place(Track::kAudio, 1'000, {});

    timeline.postpone(std::chrono::milliseconds{3'000});

    EXPECT_EQ(timeline.place(Track::kVideo, 1'040, {}).dts,
              StreamTime{std::chrono::milliseconds{3'040}});
    EXPECT_EQ(timeline.place(Track::kAudio, 1'020, {}).dts,
              StreamTime{std::chrono::milliseconds{3'020}});
    EXPECT_FALSE(timeline.place(Track::kVideo, 1'080, {}).is_discontinuity);
}

}  // namespace
}  // namespace livedub
