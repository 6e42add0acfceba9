// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/hook_event.hpp"

#include <string>

#include <gtest/gtest.h>

#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

std::string body(const std::string& path, const std::string& rest = "") {
    return R"({"path":")" + path + R"(","sourceType":"rtmpConn","sourceId":"c-1")" + rest + "}";
}

TEST(HookEvent, ReadsEveryField) {
    const auto event = parse_hook_event(
        body("live/a_B-9/in", R"(,"query":"lang=es&voice=a%20b","timestamp":"2026-01-01T00:00:00Z",
                                 "correlation_id":"abc","unknown":{"x":[1]})"));

    ASSERT_TRUE(event.has_value()) << to_json(event.error());
    EXPECT_EQ(event->path, "live/a_B-9/in");
    EXPECT_EQ(event->stream_id, "a_B-9");
    EXPECT_EQ(event->direction, Direction::kIn);
    EXPECT_EQ(event->source_type, "rtmpConn");
    EXPECT_EQ(event->source_id, "c-1");
    EXPECT_EQ(event->query, "lang=es&voice=a%20b");
    EXPECT_EQ(event->timestamp, "2026-01-01T00:00:00Z");
    EXPECT_EQ(event->correlation_id, "abc");
}

TEST(HookEvent, NeedsNoMoreThanPathAndSource) {
    const auto event = parse_hook_event(
        R"({"path":"live/x/out","source_type":"rtmp","source_id":17,"query":null})");

    ASSERT_TRUE(event.has_value()) << to_json(event.error());
    EXPECT_EQ(event->direction, Direction::kOut);
    EXPECT_EQ(to_string(event->direction), "out");
    EXPECT_EQ(event->source_type, "rtmp");
    EXPECT_EQ(event->source_id, "17");
    EXPECT_EQ(event->query, std::nullopt);
    EXPECT_EQ(event->timestamp, "");
    EXPECT_EQ(event->correlation_id, "");
}

TEST(HookEvent, PrefersTheNameOfTheContractToItsAlias) {
    const auto event =
        parse_hook_event(body("live/x/in", R"(,"source_type":"other","source_id":"other")"));

    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->source_type, "rtmpConn");
    EXPECT_EQ(event->source_id, "c-1");
}

TEST(HookEvent, KnowsTheSourceTypesOfMediaServers) {
    EXPECT_TRUE(is_known_source_type("rtmpConn"));
    EXPECT_TRUE(is_known_source_type("redirect"));
    EXPECT_FALSE(is_known_source_type("carrierPigeon"));
    EXPECT_TRUE(
        parse_hook_event(R"({"path":"live/x/in","sourceType":"carrierPigeon","sourceId":""})"));
}

TEST(HookEvent, UnescapesAQueryThatIsEscapedAsAWhole) {
    EXPECT_EQ(unescape_query_once(""), "");
    EXPECT_EQ(unescape_query_once("lang=es&x=%2541"), "lang=es&x=%2541");
    EXPECT_EQ(unescape_query_once("lang%3Des%26voice%3da%2520b"), "lang=es&voice=a%20b");
    EXPECT_EQ(unescape_query_once("lang%3Des%2"), "lang=es%2");
    EXPECT_EQ(unescape_query_once("lang%3Des%zz"), "lang=es%zz");
    EXPECT_EQ(unescape_query_once("a%20b"), "a%20b");  // a raw key without a value
    EXPECT_EQ(parse_hook_event(body("live/x/in", R"(,"query":"lang%3Des")"))->query, "lang=es");
}

struct BadHook {
    std::string name;
    std::string json;
    std::string field;
    std::string type;
};

void PrintTo(const BadHook& row, std::ostream* out) {
    *out << row.name;
}

class HookEventRefuses : public testing::TestWithParam<BadHook> {};

TEST_P(HookEventRefuses, AndNamesTheField) {
    const auto event = parse_hook_event(GetParam().json);

    ASSERT_FALSE(event.has_value());
    ASSERT_EQ(event.error().size(), 1U) << to_json(event.error());
    EXPECT_EQ(event.error().front().field, GetParam().field);
    EXPECT_EQ(event.error().front().type, GetParam().type);
    EXPECT_NE(event.error().front().message, "");
}

const std::string kPattern = "string_pattern_mismatch";

INSTANTIATE_TEST_SUITE_P(
    Bodies, HookEventRefuses,
    testing::Values(
        BadHook{"Empty", "", "", "json_invalid"}, BadHook{"NoJson", "{", "", "json_invalid"},
        BadHook{"NoUtf8", "{\"path\":\"\xFF\"}", "", "json_invalid"},
        BadHook{"List", "[]", "", "model_attributes_type"},
        BadHook{"NoPath", R"({"sourceType":"a","sourceId":"b"})", "path", "missing"},
        BadHook{"NumberAsPath", R"({"path":1,"sourceType":"a","sourceId":"b"})", "path",
                "string_type"},
        BadHook{"EmptyPath", body(""), "path", kPattern},
        BadHook{"OtherRoot", body("vod/x/in"), "path", kPattern},
        BadHook{"LeadingSlash", body("/live/x/in"), "path", kPattern},
        BadHook{"NoDirection", body("live/x"), "path", kPattern},
        BadHook{"OtherDirection", body("live/x/up"), "path", kPattern},
        BadHook{"TrailingSlash", body("live/x/in/"), "path", kPattern},
        BadHook{"NoId", body("live//in"), "path", kPattern},
        BadHook{"ShortestOfAll", body("live/in"), "path", kPattern},
        BadHook{"SlashInId", body("live/a/b/in"), "path", kPattern},
        BadHook{"DotsInId", body("live/../in"), "path", kPattern},
        BadHook{"NewlineAtTheEnd", body(R"(live/x/in\n)"), "path", kPattern},
        BadHook{"LongId", body("live/" + std::string(129, 'x') + "/in"), "path", kPattern},
        BadHook{"NoSourceType", R"({"path":"live/x/in","sourceId":"b"})", "sourceType", "missing"},
        BadHook{"EmptySourceType", R"({"path":"live/x/in","sourceType":"","sourceId":"b"})",
                "sourceType", kPattern},
        BadHook{"DigitFirst", R"({"path":"live/x/in","sourceType":"1a","sourceId":"b"})",
                "sourceType", kPattern},
        BadHook{"NoSourceId", R"({"path":"live/x/in","sourceType":"a"})", "sourceId", "missing"},
        BadHook{"TrueAsSourceId", R"({"path":"live/x/in","sourceType":"a","sourceId":true})",
                "sourceId", "string_type"},
        BadHook{
            "LongSourceId",
            R"({"path":"live/x/in","sourceType":"a","sourceId":")" + std::string(257, 'x') + "\"}",
            "sourceId", "string_too_long"},
        BadHook{"Query", body("live/x/in", R"(,"query":1)"), "query", "string_type"},
        BadHook{"Timestamp", body("live/x/in", R"(,"timestamp":1)"), "timestamp", "string_type"},
        BadHook{"CorrelationId", body("live/x/in", R"(,"correlation_id":[])"), "correlation_id",
                "string_type"},
        BadHook{"Twice", body("live/x/in", R"(,"path":"live/x/in")"), "path", "value_error"}),
    [](const auto& row) { return row.param.name; });

TEST(HookEvent, SaysAllThatIsWrong) {
    const auto all = parse_hook_event(R"({"path":"x","sourceType":7,"query":{}})");
    ASSERT_FALSE(all.has_value());
    expect_golden("hook_problems", to_json(all.error()));

    const auto body_itself = parse_hook_event("nope");
    ASSERT_FALSE(body_itself.has_value());
    expect_golden("hook_problem_of_the_body", to_json(body_itself.error()));
}

}  // namespace
}  // namespace livedub::contract
