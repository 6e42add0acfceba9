// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/engine_request.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

bool knows_abc(const std::string& sid) {
    return sid == "abc";
}

http::Request make_request(std::string method, std::string query) {
    return {
        .method = std::move(method), .path = "/socket.io/", .query = std::move(query), .body = {}};
}

struct Refused {
    const char* method;
    const char* query;
    RequestForm form;
    EngineFailure failure;
};

class EngineRequestRefused : public testing::TestWithParam<Refused> {};

TEST_P(EngineRequestRefused, WithTheNumberOfTheProtocol) {
    const auto& [method, query, form, failure] = GetParam();

    const auto read = read_engine_request(make_request(method, query), form, knows_abc);

    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error(), failure);
}

constexpr auto kPlain = RequestForm::kPlain;
constexpr auto kUpgrade = RequestForm::kWebSocketUpgrade;

INSTANTIATE_TEST_SUITE_P(
    Table, EngineRequestRefused,
    testing::Values(
        Refused{"GET", "", kPlain, EngineFailure::kUnknownTransport},
        Refused{"GET", "EIO=4&transport=carrier-pigeon", kPlain, EngineFailure::kUnknownTransport},
        Refused{"GET", "EIO=4&transport=polling&sid=xyz", kPlain, EngineFailure::kUnknownSid},
        Refused{"POST", "EIO=4&transport=polling&sid=xyz", kPlain, EngineFailure::kUnknownSid},
        Refused{"GET", "EIO=4&transport=websocket&sid=xyz", kUpgrade, EngineFailure::kUnknownSid},
        Refused{"POST", "EIO=4&transport=polling", kPlain, EngineFailure::kBadMethod},
        Refused{"PUT", "EIO=4&transport=polling&sid=abc", kPlain, EngineFailure::kBadMethod},
        Refused{"POST", "EIO=4&transport=websocket&sid=abc", kPlain, EngineFailure::kBadMethod},
        Refused{"GET", "EIO=4&transport=websocket", kPlain, EngineFailure::kBadRequest},
        Refused{"GET", "EIO=4&transport=polling", kUpgrade, EngineFailure::kBadRequest},
        Refused{"GET", "EIO=3&transport=polling", kPlain, EngineFailure::kBadVersion},
        Refused{"GET", "transport=websocket", kUpgrade, EngineFailure::kBadVersion}));

struct Understood {
    const char* method;
    const char* query;
    RequestForm form;
    EngineAction action;
};

class EngineRequestUnderstood : public testing::TestWithParam<Understood> {};

TEST_P(EngineRequestUnderstood, AsItsAction) {
    const auto& [method, query, form, action] = GetParam();

    const auto read = read_engine_request(make_request(method, query), form, knows_abc);

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->action, action);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EngineRequestUnderstood,
    testing::Values(
        Understood{"GET", "EIO=4&transport=polling&t=x", kPlain, EngineAction::kOpenPolling},
        Understood{"GET", "transport=websocket&EIO=4", kUpgrade, EngineAction::kOpenWebSocket},
        Understood{"GET", "EIO=4&transport=polling&sid=abc", kPlain, EngineAction::kPoll},
        Understood{"GET", "transport=polling&sid=abc", kPlain, EngineAction::kPoll},
        Understood{"POST", "EIO=4&transport=polling&sid=abc", kPlain, EngineAction::kPost},
        Understood{"GET", "EIO=4&transport=websocket&sid=abc", kUpgrade, EngineAction::kUpgrade}));

TEST(EngineFailure, IsJsonWithItsNumber) {
    const auto unknown = engine_failure(EngineFailure::kUnknownSid);
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(unknown.content_type, "application/json");
    EXPECT_EQ(unknown.body, R"({"code":1,"message":"Session ID unknown"})");
    EXPECT_EQ(engine_failure(EngineFailure::kTooManyConnections).status, 503);
}

TEST(EnginePath, TheSlashAtTheEndIsFree) {
    const std::vector<std::string> paths{"/socket.io", "/ws/sts/"};
    for (const auto* path : {"/socket.io", "/socket.io/", "/ws/sts", "/ws/sts/"}) {
        EXPECT_TRUE(is_engine_path(path, paths)) << path;
    }
    for (const auto* path : {"/", "/socket.io//", "/socket.iox", "/ws", "/ws/sts/x"}) {
        EXPECT_FALSE(is_engine_path(path, paths)) << path;
    }
}

std::string header(const HeaderList& headers, std::string_view name) {
    const auto found =
        std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
    return found == headers.end() ? "" : found->second;
}

TEST(Cors, AStarLetsEverybodyIn) {
    auto request = make_request("GET", "");
    request.headers["origin"] = "https://a.example";

    const auto headers = cors_headers(request, {"*"});

    ASSERT_TRUE(headers.has_value());
    EXPECT_EQ(header(*headers, "Access-Control-Allow-Origin"), "*");
}

TEST(Cors, AListLetsInWhomItNamesAndWhoHasNoOrigin) {
    const std::vector<std::string> origins{"https://a.example", "https://b.example"};
    auto request = make_request("GET", "");
    ASSERT_TRUE(cors_headers(request, origins).has_value());

    request.headers["origin"] = "https://b.example";
    const auto headers = cors_headers(request, origins);
    ASSERT_TRUE(headers.has_value());
    EXPECT_EQ(header(*headers, "Access-Control-Allow-Origin"), "https://b.example");
    EXPECT_EQ(header(*headers, "Vary"), "Origin");

    request.headers["origin"] = "https://c.example";
    EXPECT_FALSE(cors_headers(request, origins).has_value());
}

TEST(Cors, WhoComesFromTheServerItselfIsAlwaysLetIn) {
    auto request = make_request("GET", "");
    request.headers["host"] = "Dub.example:8000";
    for (const auto* own : {"http://dub.example:8000", "https://dub.example:8000"}) {
        request.headers["origin"] = own;
        const auto headers = cors_headers(request, {"https://a.example"});
        ASSERT_TRUE(headers.has_value()) << own;
        EXPECT_EQ(header(*headers, "Access-Control-Allow-Origin"), own);
    }
    for (const auto* foreign :
         {"http://dub.example", "http://dub.example:80", "http://dub.example:8000.evil.example",
          "http://evil.example/://dub.example:8000", "http://x.dub.example:8000", "null", ""}) {
        request.headers["origin"] = foreign;
        EXPECT_FALSE(cors_headers(request, {"https://a.example"}).has_value()) << foreign;
    }
    request.headers.erase("host");
    request.headers["origin"] = "http://";
    EXPECT_FALSE(cors_headers(request, {"https://a.example"}).has_value());
}

TEST(Cors, APreflightAllowsWhatWasAskedFor) {
    auto request = make_request("OPTIONS", "");
    request.headers["access-control-request-headers"] = "x-anything";

    const auto answer = preflight(request);

    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(header(answer.headers, "Access-Control-Allow-Headers"), "x-anything");
    EXPECT_EQ(header(answer.headers, "Access-Control-Allow-Methods"), "GET, POST, OPTIONS");
}

}  // namespace
}  // namespace livedub::sio
