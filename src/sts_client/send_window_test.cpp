// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/send_window.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;

contract::Backpressure backpressure(const std::string& action, std::optional<int> delay_ms = {},
                                    const std::string& severity = "medium") {
    contract::Backpressure message;
    message.action = action;
    message.severity = severity;
    message.recommended_delay_ms = delay_ms;
    return message;
}

class SendWindowTest : public testing::Test {
  protected:
    FakeClock clock_;
    SendWindow window_{3, clock_};
};

TEST_F(SendWindowTest, IsFullAtItsOwnMost) {
    EXPECT_EQ(window_.verdict(2), SendVerdict::kOpen);
    EXPECT_EQ(window_.verdict(3), SendVerdict::kFull);
}

TEST_F(SendWindowTest, TakesTheServersLimitWhenThatIsLower) {
    window_.restart(1);
    EXPECT_EQ(window_.verdict(0), SendVerdict::kOpen);
    EXPECT_EQ(window_.verdict(1), SendVerdict::kFull);
    window_.restart(10);
    EXPECT_EQ(window_.verdict(2), SendVerdict::kOpen);
    EXPECT_EQ(window_.verdict(3), SendVerdict::kFull);
}

TEST_F(SendWindowTest, AServerThatAllowsNothingIsSentOneAtATime) {
    window_.restart(0);
    EXPECT_EQ(window_.verdict(0), SendVerdict::kOpen);
}

TEST_F(SendWindowTest, PauseHoldsUntilNone) {
    window_.obey(backpressure("pause", 2'000));
    clock_.advance(milliseconds{29'000});
    EXPECT_EQ(window_.verdict(0), SendVerdict::kHeld);
    window_.obey(backpressure("none"));
    EXPECT_EQ(window_.verdict(0), SendVerdict::kOpen);
}

TEST_F(SendWindowTest, PauseEndsByItselfAfterThirtySeconds) {
    window_.obey(backpressure("pause", 2'000));
    EXPECT_EQ(window_.held_until(), clock_.now() + kLongestPause);
    clock_.advance(kLongestPause);
    EXPECT_EQ(window_.verdict(0), SendVerdict::kOpen);
}

TEST_F(SendWindowTest, SlowDownDoesNotEndAPause) {
    window_.obey(backpressure("pause"));
    window_.obey(backpressure("slow_down", 100));
    clock_.advance(milliseconds{200});
    EXPECT_EQ(window_.verdict(0), SendVerdict::kHeld);
}

TEST_F(SendWindowTest, ANewSessionIsNotHeld) {
    window_.obey(backpressure("pause"));
    window_.restart(3);
    EXPECT_EQ(window_.verdict(0), SendVerdict::kOpen);
}

TEST_F(SendWindowTest, UnknownActionsChangeNothing) {
    window_.obey(backpressure("pause"));
    window_.obey(backpressure("hurry"));
    EXPECT_EQ(window_.verdict(0), SendVerdict::kHeld);
}

struct Delay {
    std::string name;
    contract::Backpressure message;
    milliseconds expected;
};
void PrintTo(const Delay& delay, std::ostream* out) {
    *out << delay.name;
}

class SlowDown : public testing::TestWithParam<Delay> {};

TEST_P(SlowDown, DelaysTheNextSend) {
    FakeClock clock;
    SendWindow window{3, clock};
    window.obey(GetParam().message);
    clock.advance(GetParam().expected - milliseconds{1});
    EXPECT_EQ(window.verdict(0), SendVerdict::kHeld);
    clock.advance(milliseconds{1});
    EXPECT_EQ(window.verdict(0), SendVerdict::kOpen);
}

INSTANTIATE_TEST_SUITE_P(
    All, SlowDown,
    testing::Values(Delay{"recommended", backpressure("slow_down", 700), milliseconds{700}},
                    Delay{"low", backpressure("slow_down", {}, "low"), milliseconds{100}},
                    Delay{"medium", backpressure("slow_down", {}, "medium"), milliseconds{500}},
                    Delay{"high", backpressure("slow_down", {}, "high"), milliseconds{1'000}},
                    Delay{"nonsense", backpressure("slow_down", -5, "high"), milliseconds{1'000}},
                    Delay{"endless", backpressure("slow_down", 2'000'000'000),
                          milliseconds{30'000}}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace livedub::sts_client
