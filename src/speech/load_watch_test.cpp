// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/load_watch.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::speech {
namespace {

using namespace std::chrono_literals;

constexpr auto kAudio = 6s;
constexpr FragmentEnd kInTime{.audio = kAudio, .worked = 1s, .is_too_late = false};
constexpr FragmentEnd kTooLate{.audio = kAudio, .worked = 8s, .is_too_late = true};
constexpr FragmentEnd kNeverBegun{.audio = kAudio, .worked = {}, .is_too_late = true};
constexpr FragmentEnd kSkipped{.audio = kAudio, .worked = {}, .is_too_late = false};

/// One stream on one worker, unless told otherwise: a fragment ends every 6 s.
class LoadWatchTest : public testing::Test {
  protected:
    std::vector<LoadChange> note_for(SteadyDuration time, const std::vector<FragmentEnd>& ends) {
        std::vector<LoadChange> changes;
        for (const auto until = now_ + time; now_ < until;) {
            now_ += kAudio / static_cast<int>(ends.size());
            if (const auto change = watch_.note(now_, ends[next_++ % ends.size()])) {
                changes.push_back(*change);
            }
        }
        return changes;
    }

    std::vector<bool> admitted(std::size_t count) {
        std::vector<bool> admitted;
        double credit = 0.0;
        for (std::size_t n = 0; n < count; ++n) {
            admitted.push_back(watch_.admits(credit));
        }
        return admitted;
    }

    LoadWatch watch_{1};
    SteadyTime now_;
    std::size_t next_ = 0;
};

TEST_F(LoadWatchTest, EverythingIsBegunWhileTheEnginesKeepUp) {
    EXPECT_TRUE(note_for(10min, {kInTime}).empty());
    EXPECT_EQ(watch_.level(), LoadLevel::kKeepsUp);
    EXPECT_EQ(admitted(3), (std::vector{true, true, true}));
}

TEST_F(LoadWatchTest, AShortRushIsNoReason) {
    (void)note_for(1min, {kInTime});
    EXPECT_TRUE(note_for(12s, {kTooLate}).empty());
    EXPECT_TRUE(note_for(1min, {kInTime}).empty());
}

TEST_F(LoadWatchTest, NorIsOneAfterALongPause) {
    (void)note_for(1min, {kInTime});
    now_ += 10min;
    EXPECT_TRUE(note_for(6s, {kTooLate, kTooLate, kTooLate, kTooLate, kTooLate}).empty());
    EXPECT_EQ(note_for(30s, {kTooLate}).size(), 1U);
}

TEST_F(LoadWatchTest, AFewLateOnesAreNoReason) {
    EXPECT_TRUE(note_for(10min, {kInTime, kTooLate, kInTime}).empty());
}

TEST_F(LoadWatchTest, ThirtySecondsLateSkipFragmentsAndSayHowSlowTheEnginesAre) {
    EXPECT_TRUE(note_for(30s, {kTooLate}).empty());
    const auto changes = note_for(6s, {kTooLate});
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].level, LoadLevel::kSkips);
    EXPECT_NEAR(changes[0].real_time_factor, 8.0 / 6.0, 0.01);
    EXPECT_GT(changes[0].demand, 1.3);
    EXPECT_EQ(changes[0].in_time, 0.0);
}

TEST_F(LoadWatchTest, AsManyAreBegunAsTheEnginesCanDo) {
    // Two streams at 0.9 of real time each on one worker: half of the fragments fit.
    constexpr FragmentEnd kSlow{.audio = kAudio, .worked = 5400ms, .is_too_late = false};
    ASSERT_EQ(note_for(36s, {kSlow, kTooLate}).size(), 1U);
    const auto begun = admitted(100);
    EXPECT_NEAR(static_cast<double>(std::count(begun.begin(), begun.end(), true)), 40.0, 8.0);
    EXPECT_EQ(watch_.level(), LoadLevel::kSkips);
    // Evenly, not in a row.
    EXPECT_EQ(std::search_n(begun.begin(), begun.end(), 2, true), begun.end());
}

TEST_F(LoadWatchTest, StillLateMeansCaptionsOnly) {
    (void)note_for(36s, {kTooLate});
    const auto changes = note_for(36s, {kTooLate, kSkipped});
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].level, LoadLevel::kCaptionsOnly);
    EXPECT_TRUE(note_for(5min, {kTooLate, kSkipped}).empty()) << "there is nothing beyond";
}

TEST_F(LoadWatchTest, ThoseNeverBegunSayThatItIsTooMuchButNotHowSlowTheEnginesAre) {
    (void)note_for(36s, {kTooLate});
    ASSERT_EQ(note_for(36s, {kNeverBegun}).size(), 1U);
    EXPECT_EQ(watch_.level(), LoadLevel::kCaptionsOnly);
}

TEST_F(LoadWatchTest, SkippingStopsWhenThereIsTimeToSpareForAll) {
    (void)note_for(36s, {kTooLate});
    const auto changes = note_for(90s, {kInTime, kSkipped});
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].level, LoadLevel::kKeepsUp);
    EXPECT_EQ(changes[0].in_time, 1.0);
}

TEST_F(LoadWatchTest, SkippingGoesOnWhileAllOfThemWouldBeTooMuch) {
    (void)note_for(36s, {kTooLate});
    // In time because others were skipped.
    constexpr FragmentEnd kSlow{.audio = kAudio, .worked = 5s, .is_too_late = false};
    EXPECT_TRUE(note_for(5min, {kSlow, kSkipped}).empty());
    EXPECT_EQ(watch_.level(), LoadLevel::kSkips);
}

TEST_F(LoadWatchTest, TheVoiceComesBackBeforeTheSkippedFragmentsDo) {
    (void)note_for(36s, {kTooLate});
    (void)note_for(36s, {kTooLate});
    ASSERT_EQ(watch_.level(), LoadLevel::kCaptionsOnly);
    const auto changes = note_for(90s, {kInTime});
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].level, LoadLevel::kSkips);
    EXPECT_EQ(changes[1].level, LoadLevel::kKeepsUp);
}

TEST_F(LoadWatchTest, WhenHardlyAnybodyAsksAnyMoreItIsTakenBack) {
    (void)note_for(36s, {kTooLate});
    (void)note_for(36s, {kTooLate});
    ASSERT_EQ(watch_.level(), LoadLevel::kCaptionsOnly);
    std::vector<LoadLevel> levels;
    for (int probe = 0; probe < 4; ++probe) {  // of a client whose circuit breaker is open
        now_ += 31s;
        (void)watch_.note(now_, kSkipped);
        levels.push_back(watch_.level());
    }
    EXPECT_EQ(levels.front(), LoadLevel::kSkips);
    EXPECT_EQ(levels.back(), LoadLevel::kKeepsUp);
}

TEST_F(LoadWatchTest, SomethingIsAlwaysTried) {
    constexpr FragmentEnd kHopeless{.audio = 1s, .worked = 60s, .is_too_late = true};
    (void)note_for(36s, {kHopeless});
    const auto begun = admitted(20);
    EXPECT_EQ(std::count(begun.begin(), begun.end(), true), 2);
}

}  // namespace
}  // namespace livedub::speech
