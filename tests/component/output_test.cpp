// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// When a stream's output is connected, and how long it waits after it was lost. The server is a
// port that nobody listens on; time is turned by hand.

#include "media_session/output.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

namespace livedub {
namespace {

using std::chrono::seconds;

DelayedUnit keyframe() {
    EncodedUnit unit;
    unit.kind = UnitKind::kVideoFrame;
    unit.codec = Codec::kH264;
    unit.is_keyframe = true;
    unit.payload = std::make_shared<const Bytes>(Bytes{0x17, 1, 0, 0, 0, 0});
    return {{StreamTime{}, std::move(unit)}, SteadyTime{}};
}

class OutputToNobody : public testing::Test {
  protected:
    /// Loses connection `number` right away; the wait until the next one.
    seconds lose(std::uint64_t number, seconds lived = seconds{0}) {
        EXPECT_FALSE(output_.reconnect_at().has_value());
        clock_.advance(lived);
        output_.lost(number, Error{ErrorCode::kUnavailable, "lost"}, clock_.now());
        const auto wait = *output_.reconnect_at() - clock_.now();
        clock_.advance(wait - std::chrono::milliseconds{1});
        output_.connect(clock_.now());
        EXPECT_TRUE(output_.reconnect_at().has_value()) << "too early";
        clock_.advance(std::chrono::milliseconds{1});
        output_.connect(clock_.now());
        output_.send(keyframe(), clock_.now());
        return std::chrono::duration_cast<seconds>(wait);
    }

    FakeClock clock_;
    prometheus::Registry registry_;
    MediaMetrics families_{registry_};
    StreamMetrics metrics_{families_, "test"};
    Output output_{"rtmp://127.0.0.1:1/live/test/out", metrics_,
                   [](std::uint64_t, const Error&) {}};  // losses are told by hand
};

TEST_F(OutputToNobody, ConnectsAtOnceAndThenLessAndLessOften) {
    output_.connect(clock_.now());
    output_.send(keyframe(), clock_.now());
    EXPECT_EQ(lose(1), seconds{1});
    EXPECT_EQ(lose(2), seconds{2});
    EXPECT_EQ(lose(3), seconds{4});
    EXPECT_EQ(lose(4), seconds{5});
    EXPECT_EQ(lose(5), seconds{5});
    EXPECT_EQ(metrics_.output_reconnects.Value(), 5);

    EXPECT_EQ(lose(6, seconds{10}), seconds{1}) << "it had been made for a while";
    EXPECT_EQ(lose(7), seconds{2});
}

TEST_F(OutputToNobody, AnOldConnectionsEndIsNoNews) {
    output_.connect(clock_.now());
    EXPECT_EQ(lose(1), seconds{1});
    output_.lost(1, Error{ErrorCode::kUnavailable, "again"}, clock_.now());
    EXPECT_FALSE(output_.reconnect_at().has_value());
}

}  // namespace
}  // namespace livedub
