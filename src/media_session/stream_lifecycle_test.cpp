// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/stream_lifecycle.hpp"

#include <gtest/gtest.h>

namespace livedub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

StreamPublisher publisher(std::string id, std::string target = "es") {
    return {.source_id = std::move(id),
            .source_type = "rtmpConn",
            .options = {.target_language = std::move(target)},
            .warnings = {}};
}

class Lifecycle : public testing::Test {
  protected:
    void ready(StreamPublisher who) { life_.ready(std::move(who), clock_.now()); }
    bool not_ready(std::string_view id) { return life_.not_ready(id, clock_.now()); }
    bool listed(StreamPublisher who) { return life_.listed(std::move(who), clock_.now()); }
    void ended(EndKind kind) { life_.ended(run(), kind, "because", clock_.now()); }
    [[nodiscard]] std::uint64_t run() const { return life_.wanted().run; }

    void run_with_input() {
        ready(publisher("a"));
        life_.input_running(run());
    }

    FakeClock clock_;
    StreamLifecycle life_;
};

TEST_F(Lifecycle, APublisherGetsASessionAndADuplicateChangesNothing) {
    EXPECT_EQ(life_.state(), StreamState::kIdle);
    ready(publisher("a"));
    EXPECT_EQ(life_.state(), StreamState::kStarting);
    EXPECT_EQ(run(), 1U);
    life_.input_running(1);
    EXPECT_EQ(life_.state(), StreamState::kRunning);

    ready(publisher("a"));
    ready(publisher("a", "fr"));
    EXPECT_EQ(run(), 1U);
    EXPECT_EQ(life_.state(), StreamState::kRunning);
    EXPECT_EQ(life_.publisher().options.target_language, "es");
}

TEST_F(Lifecycle, AReadyWithinTheGraceKeepsTheSession) {
    run_with_input();
    const auto before = life_.wanted().presence;
    EXPECT_TRUE(not_ready("a"));
    EXPECT_EQ(life_.state(), StreamState::kDraining);
    EXPECT_FALSE(life_.wanted().is_published);

    ready(publisher("b"));
    EXPECT_EQ(run(), 1U);
    EXPECT_TRUE(life_.wanted().is_published);
    EXPECT_EQ(life_.wanted().presence, before + 2);
    life_.input_running(1);
    EXPECT_EQ(life_.state(), StreamState::kRunning);
}

TEST_F(Lifecycle, OtherOptionsWithinTheGraceAreAnotherSession) {
    run_with_input();
    not_ready("a");
    ready(publisher("a", "fr"));

    EXPECT_EQ(run(), 2U);
    EXPECT_EQ(life_.state(), StreamState::kStarting);
    EXPECT_EQ(life_.publisher().options.target_language, "fr");
}

TEST_F(Lifecycle, ANotReadyOfAnotherPublisherIsIgnored) {
    run_with_input();
    ready(publisher("b"));  // took over; the old one's end comes afterwards

    EXPECT_FALSE(not_ready("a"));
    EXPECT_EQ(life_.state(), StreamState::kRunning);
    EXPECT_TRUE(not_ready("b"));
    EXPECT_TRUE(not_ready("b"));
    EXPECT_EQ(life_.state(), StreamState::kDraining);
}

TEST_F(Lifecycle, ANotReadyBeforeAnythingIsHarmless) {
    EXPECT_TRUE(not_ready("a"));
    EXPECT_EQ(life_.state(), StreamState::kIdle);
    EXPECT_FALSE(life_.is_active());
}

TEST_F(Lifecycle, FailuresAreTriedAgainWithBackoffSixTimesInTenMinutes) {
    run_with_input();
    for (const int wait : {1, 2, 4, 8, 16, 30}) {
        ended(EndKind::kFailed);
        EXPECT_EQ(life_.state(), StreamState::kStarting);
        EXPECT_EQ(run(), 0U);
        EXPECT_TRUE(life_.is_active());
        ASSERT_EQ(life_.restart_at(), clock_.now() + seconds{wait});
        clock_.advance(seconds{wait} - std::chrono::milliseconds{1});
        EXPECT_FALSE(life_.tick(clock_.now()));
        clock_.advance(std::chrono::milliseconds{1});
        EXPECT_TRUE(life_.tick(clock_.now()));
        EXPECT_NE(run(), 0U);
    }
    ended(EndKind::kFailed);
    EXPECT_EQ(life_.state(), StreamState::kDegraded);
    EXPECT_FALSE(life_.is_active());

    EXPECT_FALSE(listed(publisher("a")));
    ready(publisher("a"));
    EXPECT_EQ(life_.state(), StreamState::kStarting);
    ended(EndKind::kFailed);
    EXPECT_EQ(life_.restart_at(), clock_.now() + seconds{1});
}

TEST_F(Lifecycle, OldFailuresAreForgotten) {
    run_with_input();
    for (int i = 0; i < 20; ++i) {
        clock_.advance(minutes{11});
        ended(EndKind::kFailed);
        ASSERT_EQ(life_.restart_at(), clock_.now() + seconds{1});
        clock_.advance(seconds{1});
        ASSERT_TRUE(life_.tick(clock_.now()));
    }
}

TEST_F(Lifecycle, NothingIsTriedAgainForAPublisherThatLeft) {
    run_with_input();
    ended(EndKind::kFailed);
    not_ready("a");
    EXPECT_EQ(life_.state(), StreamState::kStopped);
    EXPECT_FALSE(life_.restart_at().has_value());
    EXPECT_EQ(life_.inactive_since(), clock_.now());

    ready(publisher("a"));
    not_ready("a");
    ended(EndKind::kFailed);
    EXPECT_EQ(life_.state(), StreamState::kStopped);
}

TEST_F(Lifecycle, ReportsOfAnEarlierSessionAreIgnored) {
    run_with_input();
    not_ready("a");
    ready(publisher("a", "fr"));
    life_.ended(1, EndKind::kPlayedOut, "old", clock_.now());
    life_.input_gone(1);

    EXPECT_EQ(run(), 2U);
    EXPECT_EQ(life_.state(), StreamState::kStarting);
}

TEST_F(Lifecycle, APublisherThatCameTooLateForTheOldSessionGetsAnother) {
    run_with_input();
    not_ready("a");
    ready(publisher("b"));
    ended(EndKind::kPlayedOut);

    EXPECT_EQ(run(), 2U);
    EXPECT_EQ(life_.state(), StreamState::kStarting);
}

TEST_F(Lifecycle, AListStartsWhatIsMissing) {
    EXPECT_TRUE(listed(publisher("a")));
    EXPECT_EQ(run(), 1U);
    EXPECT_FALSE(listed(publisher("a")));
    EXPECT_FALSE(listed(publisher("b")));  // may be older than the hooks; never believed over them

    ended(EndKind::kNoInput);
    EXPECT_EQ(life_.state(), StreamState::kStopped);
    EXPECT_FALSE(listed(publisher("a")));
    clock_.advance(seconds{10});
    EXPECT_TRUE(listed(publisher("a")));
}

TEST_F(Lifecycle, AListThatIsOlderThanTheNewsStartsNothing) {
    run_with_input();
    not_ready("a");
    EXPECT_FALSE(listed(publisher("a")));
    ended(EndKind::kPlayedOut);
    EXPECT_FALSE(listed(publisher("a")));
    EXPECT_TRUE(listed(publisher("b")));
}

TEST_F(Lifecycle, AListBringsBackAPublisherWhoseHookWasLost) {
    run_with_input();
    not_ready("a");

    EXPECT_TRUE(listed(publisher("b")));
    EXPECT_EQ(run(), 1U);
    EXPECT_TRUE(life_.wanted().is_published);
}

TEST_F(Lifecycle, WhatCannotWorkIsNotTriedAgainForTheSamePublisher) {
    run_with_input();
    ended(EndKind::kUnsupported);
    clock_.advance(minutes{1});
    EXPECT_FALSE(listed(publisher("a")));
    EXPECT_TRUE(listed(publisher("b")));

    life_.give_up("no speech service", clock_.now());
    EXPECT_EQ(life_.state(), StreamState::kStopped);
    EXPECT_EQ(life_.why(), "no speech service");
    EXPECT_EQ(run(), 0U);
    EXPECT_FALSE(listed(publisher("b")));
    ready(publisher("b"));
    EXPECT_NE(run(), 0U);
}

}  // namespace
}  // namespace livedub
