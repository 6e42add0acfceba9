// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/router.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::http {
namespace {

Handler says(std::string text) {
    return [text = std::move(text)](const Request&) { return Response{.body = text}; };
}

Handler a_service() {
    return route({{"GET", "/", says("root")},
                  {"GET", "/health", says("health")},
                  {"POST", "/v1/events", says("posted")},
                  {"GET", "/v1/events", says("listed")},
                  {"GET", "/v1/streams/active", says("active")},
                  {"GET", "/v1/streams/{id}", [](const Request& request) {
                       return Response{.body = path_value("/v1/streams/{id}", request.path, "id")};
                   }}});
}

Response ask(const std::string& method, const std::string& path) {
    return a_service()(Request{.method = method, .path = path});
}

TEST(Router, FindsTheRoute) {
    EXPECT_EQ(ask("GET", "/").body, "root");
    EXPECT_EQ(ask("GET", "/health").body, "health");
    EXPECT_EQ(ask("POST", "/v1/events").body, "posted");
    EXPECT_EQ(ask("GET", "/v1/events").body, "listed");
}

TEST(Router, DoesNotMindASlashAtTheEnd) {
    EXPECT_EQ(ask("GET", "/health/").body, "health");
    EXPECT_EQ(ask("POST", "/v1/events/").body, "posted");
    EXPECT_EQ(ask("GET", "/v1/streams/a/").body, "a");
}

TEST(Router, AnswersHeadLikeGet) {
    EXPECT_EQ(ask("HEAD", "/health").body, "health");
    EXPECT_EQ(ask("HEAD", "/v1/streams/a").status, 200);
}

TEST(Router, FillsASegmentAndPrefersTheEarlierRoute) {
    EXPECT_EQ(ask("GET", "/v1/streams/a%20b").body, "a b");
    EXPECT_EQ(ask("GET", "/v1/streams/active").body, "active");
    EXPECT_EQ(path_value("/a/{x}/{y}", "/a/1/2", "y"), "2");
    EXPECT_EQ(path_value("/a/{x}", "/a/1", "z"), "");
    EXPECT_EQ(path_value("/a/{x}", "/b/1", "x"), "");
}

TEST(Router, Answers404ToOtherPaths) {
    for (const auto* path : {"", "x", "/nothing", "/health/x", "/healthy", "/v1/streams",
                             "/v1/streams/", "/v1/streams//", "/v1/streams/a/b", "/HEALTH"}) {
        const auto answer = ask("GET", path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(answer.content_type, "application/json") << path;
        EXPECT_EQ(answer.body, R"({"detail":"Not Found"})") << path;
    }
}

TEST(Router, Answers405ToOtherMethodsAndSaysWhichAreAllowed) {
    const auto both = ask("DELETE", "/v1/events");
    EXPECT_EQ(both.status, 405);
    EXPECT_EQ(both.content_type, "application/json");
    EXPECT_EQ(both.body, R"({"detail":"Method Not Allowed"})");
    ASSERT_EQ(both.headers.size(), 1U);
    EXPECT_EQ(both.headers.front().first, "Allow");
    EXPECT_EQ(both.headers.front().second, "POST, GET, HEAD");

    const auto posted = route({{"POST", "/only", says("x")}})({.method = "HEAD", .path = "/only"});
    EXPECT_EQ(posted.status, 405);
    EXPECT_EQ(posted.headers.front().second, "POST");
    EXPECT_EQ(ask("get", "/health").status, 405);
}

}  // namespace
}  // namespace livedub::http
