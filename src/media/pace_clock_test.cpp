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
