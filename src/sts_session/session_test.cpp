// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/session.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_session/session_script.hpp"

namespace livedub::sts_session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kFailed = contract::ResultStatus::kFailed;

// The life of a stream (1.4, 1.9)
// ------------------------------------------------------------------

TEST(Session, AStreamFromInitToComplete) {
    Script play;

    EXPECT_THAT(play.open(), ElementsAre("open s", "adopt", "ready s"));
    EXPECT_EQ(play.said<contract::StreamReady>().max_inflight, 3);
    EXPECT_EQ(play.observer.active, 1);
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
    EXPECT_THAT(play.pass(seconds{1}), IsEmpty());
    EXPECT_THAT(play.finish(0), ElementsAre("processed 0 success"));
    EXPECT_THAT(play.end(), ElementsAre("complete 1/0/0", "close"));
    EXPECT_EQ(play.observer.active, 0);
    const auto complete = play.said<contract::StreamComplete>();
    EXPECT_EQ(complete.total_duration_ms, 6'000);
    EXPECT_EQ(complete.session_duration_ms, 1'000);
    EXPECT_DOUBLE_EQ(complete.avg_processing_time_ms, 1'000.0);
    EXPECT_DOUBLE_EQ(complete.p95_processing_time_ms, 1'000.0);

    EXPECT_THAT(play.pass(milliseconds{4'999}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}), ElementsAre("disconnect now"));
    EXPECT_FALSE(play.session->next_wake().has_value());
}

TEST(Session, AnAckTellsThePlaceInTheQueue) {
    Script play;
    play.open();
    play.send(0);

    play.send(1);

    const auto ack = play.said<contract::FragmentAck>();
    EXPECT_EQ(ack.queue_position, 1);
    EXPECT_EQ(ack.timestamp, 1'700'000'000'000);
    EXPECT_FALSE(ack.estimated_completion_ms.has_value());
}

TEST(Session, ABadInitLeavesTheStreamAlone) {
    Script play;
    play.open();

    const contract::Violation violation{.code = "INVALID_CONFIG",
                                        .field = "config.channels",
                                        .message = "config.channels is 3; it must be 1 or 2"};
    EXPECT_THAT(play.ask(tl::unexpected{violation}), ElementsAre("error INVALID_CONFIG"));
    EXPECT_EQ(play.said<contract::ErrorEvent>().message, "config.channels is 3; it must be 1 or 2");
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
}

TEST(Session, ARefusedInitLeavesTheStreamAlone) {
    Script play;
    play.open();

    EXPECT_THAT(play.ask(Script::stream_init("t")), ElementsAre("open t"));
    EXPECT_THAT(play.answer(tl::unexpected{Refusal{"UNSUPPORTED_LANGUAGE", "no xx"}}),
                ElementsAre("error UNSUPPORTED_LANGUAGE"));
    EXPECT_EQ(play.said<contract::ErrorEvent>().stream_id, "t");
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
    EXPECT_EQ(play.observer.active, 1);
}

TEST(Session, AStreamInALanguageNobodyHasMayBeLetIn) {
    Script play{{.unsupported_language = UnsupportedLanguage::kAccept}};

    play.ask(Script::stream_init());
    EXPECT_THAT(play.answer(tl::unexpected{Refusal{"UNSUPPORTED_LANGUAGE", "no xx"}}),
                ElementsAre("close", "ready s"));
    EXPECT_THAT(play.send(0),
                ElementsAre("ack f0 queued", "processed 0 failed UNSUPPORTED_LANGUAGE"));
}

TEST(Session, ANewInitReplacesTheStreamAndDropsItsWork) {
    Script play;
    play.open();
    play.send(0);
    play.send(1);
    const auto old = play.started;
    const auto first = play.uuids;

    EXPECT_THAT(play.open(Script::stream_init("t")), ElementsAre("open t", "adopt", "ready t"));
    EXPECT_GT(play.uuids, first);
    EXPECT_THAT(play.told([&](Actions& out) {
        play.session->on_finished(old[0].serial, FinishedFragment{}, out);
    }),
                IsEmpty());
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
    EXPECT_EQ(play.observer.active, 1);
    EXPECT_EQ(play.observer.outstanding, 1);
}

TEST(Session, AnInitWaitsForModelsAndThenGivesUp) {
    Script play;
    play.ask(Script::stream_init());

    EXPECT_THAT(play.send(0), ElementsAre("error STREAM_NOT_READY f0"));
    EXPECT_THAT(play.pass(milliseconds{8'999}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}), ElementsAre("error MODEL_ERROR"));
    EXPECT_TRUE(play.said<contract::ErrorEvent>().retryable);
    EXPECT_THAT(play.answer(), IsEmpty());
    EXPECT_EQ(play.capacity.taken(), 0U);
}

TEST(Session, AnInitThatWaitsCanNeitherPauseNorResume) {
    Script play;
    play.ask(Script::stream_init());

    EXPECT_THAT(play.pause(), IsEmpty());
    EXPECT_THAT(play.resume(), IsEmpty());

    EXPECT_THAT(play.answer(), ElementsAre("adopt", "ready s"));
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
}

TEST(Session, AnInitThatWaitsIsAbandonedByTheEnd) {
    SessionSettings settings;
    settings.max_streams = 1;
    Script play{settings};
    play.ask(Script::stream_init());

    EXPECT_THAT(play.end(), ElementsAre("complete 0/0/0", "close"));
    EXPECT_EQ(play.said<contract::StreamComplete>().stream_id, "s");
    EXPECT_EQ(play.observer.active, 0);
    EXPECT_EQ(play.capacity.taken(), 0U);

    EXPECT_THAT(play.answer(), IsEmpty());
    EXPECT_THAT(play.end(), IsEmpty());
    EXPECT_THAT(play.send(0), ElementsAre("error STREAM_NOT_READY f0"));
    EXPECT_THAT(play.pass(milliseconds{4'999}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}), ElementsAre("disconnect now"));
    EXPECT_FALSE(play.session->next_wake().has_value());
}

TEST(Session, AnAbandonedInitGivesWayToANewOne) {
    Script play;
    play.ask(Script::stream_init());
    play.end();

    EXPECT_THAT(play.open(Script::stream_init("t")), ElementsAre("open t", "adopt", "ready t"));
    EXPECT_THAT(play.pass(seconds{6}), IsEmpty());
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
}

TEST(Session, AnInitThatWaitsAfterACompleteStreamIsTheOneThatEnds) {
    Script play;
    play.open();
    play.end();
    play.ask(Script::stream_init("t"));

    EXPECT_THAT(play.pause(), IsEmpty());
    EXPECT_THAT(play.end(), ElementsAre("complete 0/0/0", "close"));
    EXPECT_EQ(play.said<contract::StreamComplete>().stream_id, "t");
}

TEST(Session, TheEndOfAStreamIsTheEndOfTheInitThatWaitsToReplaceIt) {
    Script play;
    play.open();
    play.send(0);
    play.ask(Script::stream_init("t"));

    EXPECT_THAT(play.end(), IsEmpty());
    EXPECT_THAT(play.answer(), IsEmpty());
    EXPECT_THAT(play.finish(0), ElementsAre("processed 0 success", "complete 1/0/0", "close"));
}

TEST(Session, AFragmentBeforeTheStreamIsReadyHasNoSlot) {
    Script play;
    play.ask(Script::stream_init());
    EXPECT_THAT(play.send(0), ElementsAre("error STREAM_NOT_READY f0"));
    EXPECT_THAT(play.send(Script::bad("MALFORMED_DATA", "f1", 1)),
                ElementsAre("error STREAM_NOT_READY f1"));

    play.answer();

    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
    EXPECT_THAT(play.finish(0), ElementsAre("processed 0 success"));
}

TEST(Session, TooManyStreamsAreRefused) {
    Script play{{.max_streams = 1}};
    play.open();
    Session other{SessionContext{play.settings, play.environment, play.observer, play.capacity}};

    EXPECT_THAT(play.told([&](Actions& out) { other.on_init(Script::stream_init("b"), out); }),
                ElementsAre("error RATE_LIMIT"));
    EXPECT_THAT(play.open(Script::stream_init("c")), Contains("ready c"));  // takes its own place
    play.restart();
    EXPECT_EQ(play.capacity.taken(), 0U);
    EXPECT_THAT(play.told([&](Actions& out) { other.on_init(Script::stream_init("b"), out); }),
                ElementsAre("open b"));
}

TEST(Session, ALostConnectionLeavesNothingCounted) {
    Script play;
    play.open();
    for (int n = 0; n < 5; ++n) {
        play.send(n);
    }
    EXPECT_EQ(play.observer.outstanding, 5);
    EXPECT_EQ(play.observer.waiting, 2);

    play.session.reset();

    EXPECT_EQ(play.observer.active, 0);
    EXPECT_EQ(play.observer.outstanding, 0);
    EXPECT_EQ(play.observer.waiting, 0);
}

TEST(Session, WithoutAStreamNothingIsFound) {
    Script play;

    EXPECT_THAT(play.send(0), ElementsAre("error STREAM_NOT_FOUND f0"));
    EXPECT_THAT(play.send(Script::bad("MALFORMED_DATA", std::nullopt, std::nullopt)),
                ElementsAre("error STREAM_NOT_FOUND"));
    EXPECT_THAT(play.pause(), ElementsAre("error STREAM_NOT_FOUND"));
    EXPECT_THAT(play.resume(), ElementsAre("error STREAM_NOT_FOUND"));
    EXPECT_THAT(play.end(), ElementsAre("error STREAM_NOT_FOUND"));
}

TEST(Session, PauseRefusesAndResumeAllows) {
    Script play;
    play.open();
    play.send(0);

    EXPECT_THAT(play.pause(), IsEmpty());
    EXPECT_THAT(play.send(1), ElementsAre("error STREAM_PAUSED f1"));
    EXPECT_THAT(play.finish(0),
                ElementsAre("processed 0 success", "processed 1 failed STREAM_PAUSED"));
    EXPECT_THAT(play.resume(), IsEmpty());
    EXPECT_THAT(play.send(2), ElementsAre("ack f2 queued", "start 2"));
}

TEST(Session, StatesThatCannotFollowAreIgnored) {
    Script play;
    play.open();

    EXPECT_THAT(play.resume(), IsEmpty());
    EXPECT_THAT(play.end(), Contains("complete 0/0/0"));
    EXPECT_THAT(play.end(), IsEmpty());
    EXPECT_THAT(play.pause(), IsEmpty());
    EXPECT_THAT(play.send(0), ElementsAre("error STREAM_NOT_READY f0"));
}

TEST(Session, ABadControlMessageIsNamed) {
    Script play;
    play.open();
    const contract::Violation violation{
        .code = "MALFORMED_DATA", .field = "reason", .message = "no text"};

    EXPECT_THAT(
        play.told([&](Actions& out) { play.session->on_pause(tl::unexpected{violation}, out); }),
        ElementsAre("error MALFORMED_DATA"));
}

TEST(Session, EndLetsOutstandingWorkFinish) {
    Script play;
    play.open();
    play.send(0);
    play.send(1);

    EXPECT_THAT(play.end(), IsEmpty());
    EXPECT_THAT(play.send(2), ElementsAre("error STREAM_NOT_READY f2"));
    EXPECT_THAT(play.finish(1), IsEmpty());
    EXPECT_THAT(play.finish(0), ElementsAre("processed 0 success", "processed 1 success",
                                            "complete 2/0/0", "close"));
}

TEST(Session, EndDoesNotWaitForMissingNumbers) {
    Script play;
    play.open();
    play.send(0);
    play.send(2);
    play.finish(0);
    play.finish(2);

    EXPECT_THAT(play.end(), ElementsAre("error INVALID_SEQUENCE", "processed 2 success",
                                        "complete 2/0/0", "close"));
}

TEST(Session, EndDrainsNoLongerThanTheLimit) {
    Script play;
    auto init = Script::stream_init();
    init.timeout_ms = 120'000;
    play.open(init);
    play.send(0);
    play.send(1);
    play.end();
    play.finish(1);

    EXPECT_THAT(play.pass(milliseconds{29'999}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}),
                ElementsAre("processed 0 failed TIMEOUT/pipeline", "processed 1 success",
                            "complete 1/0/1", "close"));
}

TEST(Session, ANewInitAfterCompleteCancelsTheDisconnect) {
    Script play;
    play.open();
    play.end();

    EXPECT_THAT(play.open(Script::stream_init("t")), Contains("ready t"));
    EXPECT_THAT(play.pass(seconds{60}), IsEmpty());
}

TEST(Session, AFlatStreamWithoutAnIdIsNamedAfterItsSession) {
    Script play;
    auto init = Script::stream_init("");
    init.dialect = contract::Dialect::kFlat;

    EXPECT_THAT(play.open(init), ElementsAre("open uuid-1", "adopt", "ready uuid-1"));
    EXPECT_EQ(play.said<contract::StreamReady>().session_id, "uuid-1");
}

// Timeouts (1.9)
// -----------------------------------------------------------------------------------

TEST(Session, WorkThatDoesNotAnswerTimesOutBeforeTheClientDoes) {
    Script play;
    play.open();
    play.send(0);
    EXPECT_EQ(play.started[0].deadline, play.clock.now() + milliseconds{7'500});

    EXPECT_THAT(play.pass(milliseconds{7'500}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{100}), ElementsAre("processed 0 failed TIMEOUT/pipeline"));
    EXPECT_THAT(play.finish(0), IsEmpty());  // late
}

TEST(Session, AShortTimeoutIsShortenedByATenth) {
    Script play;
    auto init = Script::stream_init();
    init.timeout_ms = 1'000;
    play.open(init);

    play.send(0);

    EXPECT_EQ(play.started[0].deadline, play.clock.now() + milliseconds{900});
}

TEST(Session, AFragmentThatExpiresInTheQueueIsNeverWorkedOn) {
    Script play;
    auto init = Script::stream_init();
    init.max_inflight = 1;
    play.open(init);
    play.send(0);
    play.send(1);

    const auto lines = play.pass(milliseconds{7'600});

    EXPECT_THAT(lines, ElementsAre("processed 0 failed TIMEOUT/pipeline",
                                   "processed 1 failed TIMEOUT/pipeline"));
    EXPECT_THAT(play.started, testing::SizeIs(1));
}

// 1.7, row by row
// ------------------------------------------------------------------------------------

TEST(Section17, ValidEnvelopeBadAudioIsAckedAndFailsInOrder) {
    Script play;
    play.open();
    play.send(0);

    EXPECT_THAT(play.send(1), ElementsAre("ack f1 queued", "start 1"));
    EXPECT_THAT(play.finish(1, kFailed,
                            contract::ProcessingError{
                                .stage = "asr", .code = "INVALID_AUDIO_FORMAT", .message = "?"}),
                IsEmpty());
    EXPECT_THAT(play.finish(0),
                ElementsAre("processed 0 success", "processed 1 failed INVALID_AUDIO_FORMAT/asr"));
}

TEST(Section17, RefusedWithReadableIdAndNumberFailsInItsSlot) {
    for (const std::string code : {"MALFORMED_DATA", "FRAGMENT_TOO_LARGE"}) {
        Script play;
        play.open();
        play.send(0);

        EXPECT_THAT(play.send(Script::bad(code, "f1", 1)), ElementsAre("error " + code + " f1"));
        EXPECT_THAT(play.finish(0),
                    ElementsAre("processed 0 success", "processed 1 failed " + code));
    }
}

TEST(Section17, MalformedWithoutIdOrNumberHasNoSlot) {
    Script play;
    play.open();

    EXPECT_THAT(play.send(Script::bad("MALFORMED_DATA", std::nullopt, 0)),
                ElementsAre("error MALFORMED_DATA"));
    EXPECT_THAT(play.send(Script::bad("MALFORMED_DATA", "f0", std::nullopt)),
                ElementsAre("error MALFORMED_DATA f0"));
    EXPECT_THAT(play.send(0), ElementsAre("ack f0 queued", "start 0"));
}

TEST(Section17, DuplicateStillOutstandingIsAckedAndProcessedOnce) {
    Script play;
    play.open();
    play.send(0);

    EXPECT_THAT(play.send(0), ElementsAre("ack f0 processing"));
    EXPECT_THAT(play.finish(0), ElementsAre("processed 0 success"));
    EXPECT_THAT(play.observer.sequence, ElementsAre("duplicate"));
}

TEST(Section17, DuplicateAlreadyDeliveredGetsItsResultAgain) {
    Script play;
    play.open();
    play.send(0);
    play.finish(0);

    EXPECT_THAT(play.send(0), ElementsAre("ack f0 processing", "processed 0 success"));
    EXPECT_EQ(play.observer.delivered, 1);  // counted once
}

TEST(Section17, DuplicateOlderThanTheKeptResultsIsInvalid) {
    Script play;
    play.open();
    for (int n = 0; n < 17; ++n) {
        play.send(n);
        play.finish(n);
    }

    EXPECT_THAT(play.send(0), ElementsAre("error INVALID_SEQUENCE f0"));
    EXPECT_THAT(play.send(1), ElementsAre("ack f1 processing", "processed 1 success"));
}

TEST(Section17, UsedNumberWithAnotherIdIsInvalid) {
    Script play;
    play.open();
    play.send(0);

    EXPECT_THAT(play.send(0, "other"), ElementsAre("error INVALID_SEQUENCE other"));
    play.finish(0);
    EXPECT_THAT(play.send(0, "other"), ElementsAre("error INVALID_SEQUENCE other"));
}

TEST(Section17, NumberAheadIsProcessedAndHeldForTheMissingOnes) {
    Script play;
    play.open();
    play.send(0);
    play.finish(0);

    EXPECT_THAT(play.send(2), ElementsAre("ack f2 queued", "start 2"));
    EXPECT_THAT(play.finish(2), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1'999}), IsEmpty());
    EXPECT_THAT(play.send(1), ElementsAre("ack f1 queued", "start 1"));  // it comes after all
    EXPECT_THAT(play.finish(1), ElementsAre("processed 1 success", "processed 2 success"));
}

TEST(Section17, NumberAheadIsDeliveredAfterTheGapTimeout) {
    Script play;
    play.open();
    play.send(0);
    play.finish(0);
    play.send(3);
    play.finish(3);

    EXPECT_THAT(play.pass(milliseconds{1'999}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}),
                ElementsAre("error INVALID_SEQUENCE", "processed 3 success"));
    const auto event = play.said<contract::ErrorEvent>();
    EXPECT_EQ(event.severity, "warning");
    EXPECT_EQ(event.details, R"({"missing":[1,2],"missing_count":2})");
    EXPECT_THAT(play.send(1), ElementsAre("error INVALID_SEQUENCE f1"));  // given up
    EXPECT_THAT(play.send(4), ElementsAre("ack f4 queued", "start 4"));
}

TEST(Section17, NothingBlocksTheStreamWhateverIsMissing) {
    Script play;
    play.open();
    play.send(1);
    play.send(3);
    play.send(900'000'000'000);
    play.finish(1);
    play.finish(3);
    play.finish(900'000'000'000);

    EXPECT_THAT(play.pass(seconds{2}),
                ElementsAre("error INVALID_SEQUENCE", "processed 1 success", "processed 3 success",
                            "processed 900000000000 success"));
}

TEST(Section17, RefusedFragmentsDoNotPileUp) {
    Script play;
    play.open();
    for (int n = 0; n < 1'000; ++n) {
        play.send(Script::bad("MALFORMED_DATA", "x", 2 * n + 1));
    }

    const auto lines = play.pass(seconds{2});

    EXPECT_EQ(lines.size(), 256U + 1U);
}

// 1.8, row by row
// ------------------------------------------------------------------------------------

TEST(Section18, TheTwentyFirstIsRefused) {
    Script play;
    play.open();
    for (int n = 0; n < 20; ++n) {
        EXPECT_THAT(play.send(n), Contains(fmt::format("ack f{} queued", n)));
    }

    EXPECT_THAT(play.send(20), ElementsAre("error QUEUE_FULL f20"));
    EXPECT_EQ(play.said<contract::ErrorEvent>().severity, "warning");
    EXPECT_EQ(play.observer.outstanding, 20);
    play.finish(0);
    EXPECT_THAT(play.send(21), Contains("ack f21 queued"));
}

TEST(Section18, TenAtOnceAreTakenAndThreeAreWorkedOn) {
    Script play;
    play.open();
    for (int n = 0; n < 10; ++n) {
        EXPECT_THAT(play.send(n), Contains(fmt::format("ack f{} queued", n)));
    }
    EXPECT_EQ(play.started.size(), 3U);

    std::vector<std::string> order;
    while (!play.started.empty()) {
        const auto lines = play.finish(play.started.back().data.sequence_number);
        for (const auto& line : lines) {
            if (line.starts_with("processed")) {
                order.push_back(line);
            }
        }
    }

    ASSERT_EQ(order.size(), 10U);
    for (int n = 0; n < 10; ++n) {
        EXPECT_EQ(order[static_cast<std::size_t>(n)], fmt::format("processed {} success", n));
    }
}

TEST(Section18, FullModeLevels) {
    Script play;
    play.open();
    std::vector<std::string> seen;
    for (int n = 0; n < 10; ++n) {
        for (const auto& line : play.send(n)) {
            if (line.starts_with("backpressure")) {
                seen.push_back(fmt::format("{}: {}", n + 1, line));
            }
        }
    }
    for (int n = 0; n < 10; ++n) {
        for (const auto& line : play.finish(n)) {
            if (line.starts_with("backpressure")) {
                seen.push_back(fmt::format("{}: {}", 9 - n, line));
            }
        }
    }

    EXPECT_THAT(
        seen, ElementsAre("4: backpressure medium slow_down 500", "7: backpressure high pause 2000",
                          "6: backpressure medium slow_down 500", "3: backpressure low none 0"));
}

TEST(Section18, EchoModeLevels) {
    Script play{
        {.backpressure = {.measure = BackpressureLimits::Measure::kLoad, .pause_ms = 1'000}}};
    auto init = Script::stream_init();
    init.max_inflight = 10;
    play.open(init);
    std::vector<std::string> seen;
    for (int n = 0; n < 9; ++n) {
        for (const auto& line : play.send(n)) {
            if (line.starts_with("backpressure")) {
                seen.push_back(fmt::format("{}: {}", n + 1, line));
            }
        }
    }
    for (int n = 0; n < 9; ++n) {
        for (const auto& line : play.finish(n)) {
            if (line.starts_with("backpressure")) {
                seen.push_back(fmt::format("{}: {}", 8 - n, line));
            }
        }
    }

    EXPECT_THAT(
        seen, ElementsAre("7: backpressure medium slow_down 500", "9: backpressure high pause 1000",
                          "8: backpressure medium slow_down 500", "6: backpressure low none 0"));
}

TEST(Section18, BackpressureComesAfterTheAckAndTellsTheLoad) {
    Script play;
    play.open();
    for (int n = 0; n < 3; ++n) {
        play.send(n);
    }
    play.finish(1);

    EXPECT_THAT(play.send(3),
                ElementsAre("ack f3 queued", "start 3", "backpressure medium slow_down 500"));
    const auto event = play.said<contract::Backpressure>();
    EXPECT_EQ(event.stream_id, "s");
    EXPECT_EQ(event.current_inflight, 4);
    EXPECT_EQ(event.max_inflight, 3);
    EXPECT_EQ(event.queue_depth, 1);
    EXPECT_EQ(event.threshold_exceeded, "medium");
}

TEST(Section18, WithoutBackpressureNothingIsSaid) {
    Script play{{.backpressure = {.is_enabled = false}}};
    play.open();
    for (int n = 0; n < 10; ++n) {
        EXPECT_THAT(play.send(n), Not(Contains(testing::StartsWith("backpressure"))));
    }
}

TEST(Section18, FragmentsPerMinuteMayBeLimited) {
    Script play{{.rate_per_minute = 2}};
    play.open();
    play.send(0);
    play.send(1);

    EXPECT_THAT(play.send(2), ElementsAre("error RATE_LIMIT f2"));
    play.finish(0);
    EXPECT_THAT(play.finish(1),
                ElementsAre("processed 1 success", "processed 2 failed RATE_LIMIT"));
    play.pass(seconds{60});
    EXPECT_THAT(play.send(3), Contains("ack f3 queued"));
}

// Test controls (1.13)
// -------------------------------------------------------------------------------

contract::ErrorSimulation simulate(contract::ErrorRule rule) {
    rule.error_code = "ASR_FAILED";
    rule.stage = "asr";
    return {.enabled = true, .rules = {std::move(rule)}};
}

TEST(TestControls, FailureByNumberIdAndCount) {
    using Trigger = contract::ErrorRule::Trigger;
    struct Row {
        contract::ErrorRule rule;
        std::string expected;  // which of f0 to f3 fail
    };
    const std::vector<Row> rows{
        {{.trigger = Trigger::kSequenceNumber, .value = std::int64_t{2}}, "2"},
        {{.trigger = Trigger::kFragmentId, .value = std::string{"f1"}}, "1"},
        {{.trigger = Trigger::kNthFragment, .value = std::int64_t{2}}, "13"},
        {{.trigger = Trigger::kNthFragment, .value = std::int64_t{0}}, ""},
        {{.trigger = Trigger::kSequenceNumber, .value = std::string{"2"}}, ""},
    };
    for (const auto& row : rows) {
        Script play{{.has_test_controls = true}};
        play.open();
        EXPECT_THAT(play.told([&](Actions& out) {
            play.session->on_error_simulation(simulate(row.rule), out);
        }),
                    ElementsAre("simulation accepted 1"));
        std::string failed;
        for (int n = 0; n < 4; ++n) {
            const auto lines = play.send(n);
            if (lines.back() == fmt::format("processed {} failed ASR_FAILED/asr", n)) {
                failed += std::to_string(n);
            } else {
                play.finish(n);
            }
        }
        EXPECT_EQ(failed, row.expected);
    }
}

TEST(TestControls, NeedAStreamAndPermission) {
    Script play{{.has_test_controls = true}};
    const auto ask = [&play] {
        return play.told([&](Actions& out) {
            play.session->on_error_simulation(contract::ErrorSimulation{}, out);
        });
    };
    EXPECT_THAT(ask(), ElementsAre("error STREAM_NOT_FOUND"));

    Script closed;
    closed.open();
    EXPECT_THAT(closed.told([&](Actions& out) {
        closed.session->on_error_simulation(simulate({.value = std::int64_t{0}}), out);
    }),
                ElementsAre("simulation rejected 0"));
    EXPECT_THAT(closed.send(0), ElementsAre("ack f0 queued", "start 0"));
    EXPECT_THAT(closed.told([&](Actions& out) {
        closed.session->on_simulate_disconnect(contract::SimulateDisconnect{}, out);
    }),
                ElementsAre("disconnect rejected"));
    EXPECT_THAT(closed.pass(seconds{1}), IsEmpty());
}

TEST(TestControls, ADisconnectComesAfterItsDelay) {
    Script play{{.has_test_controls = true}};

    EXPECT_THAT(play.told([&](Actions& out) {
        play.session->on_simulate_disconnect({{.delay_ms = 300, .reason = "why not"}}, out);
    }),
                ElementsAre("disconnect scheduled"));
    EXPECT_EQ(play.said<contract::SimulateDisconnectAck>().disconnect_at_ms, 1'700'000'000'300);
    EXPECT_THAT(play.pass(milliseconds{299}), IsEmpty());
    EXPECT_THAT(play.pass(milliseconds{1}), ElementsAre("disconnect now"));
}

}  // namespace
}  // namespace livedub::sts_session
