// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace livedub::sts_client {
namespace {

using std::chrono::milliseconds;

class CircuitBreakerTest : public testing::Test {
  protected:
    void fail_once() {
        const auto attempt = breaker_.admit();
        ASSERT_TRUE(attempt);
        breaker_.fail(*attempt);
    }
    void open() {
        for (int i = 0; i < 3; ++i) {
            fail_once();
        }
        ASSERT_EQ(breaker_.state(), BreakerState::kOpen);
    }

    FakeClock clock_;
    CircuitBreaker breaker_{{.threshold = 3, .open_time = milliseconds{1'000}}, clock_};
};

TEST_F(CircuitBreakerTest, OpensAfterAsManyFailuresInARowAsItsThreshold) {
    fail_once();
    fail_once();
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
    fail_once();
    EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
    EXPECT_FALSE(breaker_.admit());
}

TEST_F(CircuitBreakerTest, ASuccessBetweenFailuresStartsTheCountAnew) {
    fail_once();
    fail_once();
    breaker_.succeed();
    fail_once();
    fail_once();
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
}

TEST_F(CircuitBreakerTest, AnInconclusiveAttemptBetweenFailuresChangesNothing) {
    fail_once();
    fail_once();
    breaker_.abandon(*breaker_.admit());
    fail_once();
    EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughWhenItsTimeIsOver) {
    open();
    clock_.advance(milliseconds{999});
    EXPECT_FALSE(breaker_.admit());
    clock_.advance(milliseconds{1});
    EXPECT_EQ(breaker_.admit(), Attempt::kProbe);
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_FALSE(breaker_.admit());
}

TEST_F(CircuitBreakerTest, ASuccessfulProbeCloses) {
    open();
    clock_.advance(milliseconds{1'000});
    (void)breaker_.admit();
    breaker_.succeed();
    EXPECT_EQ(breaker_.state(), BreakerState::kClosed);
    EXPECT_EQ(breaker_.admit(), Attempt::kOrdinary);
}

TEST_F(CircuitBreakerTest, AFailedProbeOpensItForTheWholeTimeAgain) {
    open();
    clock_.advance(milliseconds{1'000});
    breaker_.fail(*breaker_.admit());
    EXPECT_EQ(breaker_.state(), BreakerState::kOpen);
    clock_.advance(milliseconds{999});
    EXPECT_FALSE(breaker_.admit());
    clock_.advance(milliseconds{1});
    EXPECT_EQ(breaker_.admit(), Attempt::kProbe);
}

TEST_F(CircuitBreakerTest, AnAbandonedProbeMakesRoomForTheNext) {
    open();
    clock_.advance(milliseconds{1'000});
    breaker_.abandon(*breaker_.admit());
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
    EXPECT_EQ(breaker_.admit(), Attempt::kProbe);
}

TEST_F(CircuitBreakerTest, FailuresOfAttemptsFromBeforeItOpenedDoNotReopenIt) {
    const auto old = breaker_.admit();
    open();
    clock_.advance(milliseconds{1'000});
    (void)breaker_.admit();
    breaker_.fail(*old);
    EXPECT_EQ(breaker_.state(), BreakerState::kHalfOpen);
}

TEST_F(CircuitBreakerTest, FailuresWhileOpenDoNotKeepItOpenLonger) {
    const auto old = breaker_.admit();
    open();
    clock_.advance(milliseconds{900});
    breaker_.fail(*old);
    clock_.advance(milliseconds{100});
    EXPECT_EQ(breaker_.admit(), Attempt::kProbe);
}

}  // namespace
}  // namespace livedub::sts_client
