// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/pace_clock.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SteadyTime kStart{seconds{1000}};

StreamTime ms(std::int64_t value) {
    return StreamTime{milliseconds{value}};
}

TEST(PaceClock, TheFastestPacketSetsTheOrigin) {
    PaceClock clock;

    clock.arrived(ms(0), kStart + milliseconds{50});  // a burst: three old packets at once
    clock.arrived(ms(20), kStart + milliseconds{50});
    clock.arrived(ms(40), kStart + milliseconds{50});

    EXPECT_EQ(clock.instant(ms(40)), kStart + milliseconds{50});
    EXPECT_EQ(clock.instant(ms(1040)), kStart + milliseconds{1050});
    EXPECT_EQ(clock.moment(kStart + milliseconds{60}), ms(50));
}

TEST(PaceClock, JitterDoesNotMoveIt) {
    PaceClock clock;

    for (int i = 0; i < 6000; ++i) {
        clock.arrived(ms(i * 20), kStart + milliseconds{i * 20 + i * 7 % 90});
    }

    EXPECT_EQ(clock.instant(ms(0)), kStart);
}

/// Packets every 20 ms from `from` up to `to`, each `late` after its moment; the stall that was
/// seen.
SteadyDuration play(PaceClock& clock, std::int64_t from, std::int64_t to, milliseconds late) {
    SteadyDuration stall{0};
    for (auto at = from; at < to; at += 20) {
        clock.arrived(ms(at), kStart + milliseconds{at} + late);
        stall = std::max(stall, clock.take_stall());
    }
    return stall;
}

TEST(PaceClock, APauseThatTheTimestampsDoNotKnowIsAStall) {
    PaceClock clock;

    EXPECT_EQ(play(clock, 0, 5'000, milliseconds{0}), SteadyDuration{0});
    EXPECT_EQ(play(clock, 5'000, 8'000, milliseconds{3'000}), milliseconds{3'000});
}

TEST(PaceClock, CatchingUpIsNoStall) {
    PaceClock clock;
    play(clock, 0, 5'000, milliseconds{0});

    SteadyDuration stall{0};
    for (std::int64_t at = 5'000; at < 45'000; at += 20) {  // 10 % faster after 3 s of nothing
        const auto late = std::max<std::int64_t>(0, 3'000 - (at - 5'000) / 10);
        clock.arrived(ms(at), kStart + milliseconds{at + late});
        stall = std::max(stall, clock.take_stall());
    }

    EXPECT_EQ(stall, SteadyDuration{0});
}

TEST(PaceClock, AShortHiccupIsNoStall) {
    PaceClock clock;
    play(clock, 0, 5'000, milliseconds{0});

    EXPECT_EQ(play(clock, 5'000, 6'000, milliseconds{2'000}), SteadyDuration{0});
    EXPECT_EQ(play(clock, 6'000, 9'000, milliseconds{0}), SteadyDuration{0});
}

TEST(PaceClock, FollowsASendersClock) {
    for (const int parts_per_million : {100, -100}) {
        PaceClock clock;
        SteadyTime now = kStart;
        StreamTime sent{};
        for (int i = 0; i < 180'000; ++i) {  // an hour
            now += milliseconds{20};
            sent += milliseconds{20} + microseconds{parts_per_million / 50};
            clock.arrived(sent, now);
        }

        const auto lag = duration_cast<milliseconds>(now - clock.instant(sent));

        EXPECT_LE(std::abs(lag.count()), 5) << parts_per_million << " ppm";
    }
}

}  // namespace
}  // namespace livedub
