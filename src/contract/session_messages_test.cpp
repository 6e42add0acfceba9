// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/session_messages.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "contract/bad_message.hpp"
#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

TEST(StreamReady, IsWrittenWithEveryKey) {
    expect_golden("stream_ready",
                  to_json(StreamReady{
                      .stream_id = "s", .session_id = "f81d", .max_inflight = 3, .binary = true}));
    expect_golden(
        "stream_ready_echo",
        to_json(StreamReady{
            .stream_id = "s", .session_id = "f81d", .max_inflight = 1, .has_stages = false}));
}

TEST(StreamReady, RoundTrips) {
    const StreamReady sent{.stream_id = "s",
                           .session_id = "x",
                           .max_inflight = 7,
                           .binary = true,
                           .has_stages = false};

    const auto read = parse_stream_ready(to_json(sent));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_json(*read), to_json(sent));
    EXPECT_FALSE(read->has_stages);
}

TEST(StreamReady, ToleratesWhatPeersSend) {
    const auto ready = parse_stream_ready(
        R"({"session_id":"x","capabilities":["asr"],"max_inflight":0,"binary":null})");

    ASSERT_TRUE(ready.has_value());
    EXPECT_EQ(ready->stream_id, "");
    EXPECT_EQ(ready->max_inflight, 3);
    EXPECT_FALSE(ready->binary);
    EXPECT_TRUE(ready->has_stages);
    EXPECT_FALSE(parse_stream_ready("[]").has_value());
}

TEST(StreamControl, MayBeEmptyInEveryWay) {
    for (const auto* text : {"{}", "", " ", "null", R"({"stream_id":null,"reason":null,"x":1})"}) {
        const auto control = parse_stream_control(text);
        ASSERT_TRUE(control.has_value()) << text;
        EXPECT_EQ(control->stream_id, std::nullopt);
        EXPECT_EQ(control->reason, std::nullopt);
    }
}

TEST(StreamControl, RoundTrips) {
    const auto control = parse_stream_control(R"({"reason":"half time","stream_id":"s"})");

    ASSERT_TRUE(control.has_value());
    EXPECT_EQ(control->stream_id, "s");
    EXPECT_EQ(control->reason, "half time");
    expect_golden("stream_control", to_json(*control));
    expect_golden("stream_control_empty", to_json(StreamControl{}));
}

class StreamControlRefuses : public testing::TestWithParam<BadMessage> {};

TEST_P(StreamControlRefuses, AndSaysWhatIsAllowed) {
    const auto control = parse_stream_control(GetParam().json);

    ASSERT_FALSE(control.has_value());
    EXPECT_EQ(line_of(control.error()), line_of(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Messages, StreamControlRefuses,
    testing::Values(BadMessage{"List", "[1]", "", "the payload is an array; it must be an object"},
                    BadMessage{"Text", R"("stop")", "",
                               R"(the payload is "stop"; it must be an object)"},
                    BadMessage{"StreamId", R"({"stream_id":1})", "stream_id",
                               "stream_id is 1; it must be a string"},
                    BadMessage{"Reason", R"({"reason":{}})", "reason",
                               "reason is an object; it must be a string"}),
    [](const auto& row) { return name_of(row.param); });

StreamComplete a_complete() {
    return {.stream_id = "s",
            .total_duration_ms = 60'000,
            .session_duration_ms = 71'234,
            .success_count = 7,
            .partial_count = 1,
            .failed_count = 2,
            .avg_processing_time_ms = 1'234.5,
            .p95_processing_time_ms = 2'000.0,
            .errors_by_stage = {{"asr", 1}, {"tts", 1}},
            .errors_by_code = {{"TIMEOUT", 2}}};
}

TEST(StreamComplete, IsWrittenWithEveryKey) {
    expect_golden("stream_complete", to_json(a_complete()));
    expect_golden("stream_complete_empty", to_json(StreamComplete{.stream_id = "s"}));
}

TEST(StreamComplete, RoundTrips) {
    const auto read = parse_stream_complete(to_json(a_complete()));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_json(*read), to_json(a_complete()));
}

TEST(StreamComplete, FindsItsCountersInEitherPlace) {
    const auto complete = parse_stream_complete(
        R"({"stream_id":"s","statistics":{"success_count":4,"failed_count":1.0,
            "avg_processing_time_ms":5}})");

    ASSERT_TRUE(complete.has_value());
    EXPECT_EQ(complete->success_count, 4);
    EXPECT_EQ(complete->failed_count, 1);
    EXPECT_DOUBLE_EQ(complete->avg_processing_time_ms, 5.0);
}

TEST(StreamComplete, WritesNullForWhatIsNoNumber) {
    const auto json =
        to_json(StreamComplete{.avg_processing_time_ms = std::numeric_limits<double>::quiet_NaN()});

    EXPECT_NE(json.find(R"("avg_processing_time_ms":null)"), std::string::npos) << json;
}

TEST(Backpressure, IsWrittenWithEveryKey) {
    expect_golden("backpressure", to_json(Backpressure{.stream_id = "s",
                                                       .severity = "high",
                                                       .action = "pause",
                                                       .current_inflight = 8,
                                                       .max_inflight = 3,
                                                       .queue_depth = 2,
                                                       .threshold_exceeded = "high",
                                                       .recommended_delay_ms = 2'000}));
    expect_golden("backpressure_recovery",
                  to_json(Backpressure{.stream_id = "s", .severity = "low", .action = "none"}));
}

TEST(Backpressure, RoundTrips) {
    const Backpressure sent{.stream_id = "s",
                            .severity = "medium",
                            .action = "slow_down",
                            .current_inflight = 4,
                            .threshold_exceeded = "medium",
                            .recommended_delay_ms = 500};

    const auto read = parse_backpressure(to_json(sent));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_json(*read), to_json(sent));
}

TEST(Backpressure, ToleratesWhatPeersSend) {
    const auto read = parse_backpressure(
        R"({"action":"slow_down","recommended_delay_ms":0,"current_inflight":"4"})");

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->severity, "low");
    EXPECT_EQ(read->current_inflight, 0);
    EXPECT_EQ(read->recommended_delay_ms, std::nullopt);
}

TEST(Backpressure, NeedsAnActionItKnows) {
    const auto none = parse_backpressure("{}");
    const auto unknown = parse_backpressure(R"({"action":"run"})");

    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().message, "action is missing; it must be one of none, slow_down, pause");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().message,
              R"(action is "run"; it must be one of none, slow_down, pause)");
}

TEST(ErrorEvent, IsWrittenWithEveryKey) {
    expect_golden("error", to_json(ErrorEvent{.error_id = "e-1",
                                              .stream_id = "s",
                                              .fragment_id = "f",
                                              .code = "INVALID_SEQUENCE",
                                              .message = "numbers 3 and 4 never came",
                                              .severity = "warning",
                                              .stage = "pipeline",
                                              .details = R"({"missing":[3,4]})",
                                              .metadata = R"({"a":1})"}));
    expect_golden("error_bare",
                  to_json(ErrorEvent{
                      .error_id = "e-1", .code = "STREAM_NOT_FOUND", .message = "bad \xFF bytes"}));
}

TEST(ErrorEvent, RoundTrips) {
    const ErrorEvent sent{.error_id = "e",
                          .fragment_id = "f",
                          .code = "QUEUE_FULL",
                          .message = "full",
                          .severity = "warning",
                          .retryable = true,
                          .details = R"({"n":21})"};

    const auto read = parse_error_event(to_json(sent));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_json(*read), to_json(sent));
}

TEST(ErrorEvent, FillsWhatIsMissingFromTheTableOfCodes) {
    const auto read = parse_error_event(R"({"code":"BACKPRESSURE_EXCEEDED"})");

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->severity, "warning");
    EXPECT_TRUE(read->retryable);
    EXPECT_EQ(read->stream_id, std::nullopt);
    const auto none = parse_error_event(R"({"message":"?"})");
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().field, "code");
}

}  // namespace
}  // namespace livedub::contract
