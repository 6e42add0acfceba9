// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/service_pages.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace livedub::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Route> some_routes() {
    const Handler nothing = [](const Request&) { return Response{}; };
    return {{"GET", "/health", nothing, "Whether the process lives"},
            {"POST",
             "/v1/events",
             nothing,
             "A stream came <or> went",
             R"({"type":"object","required":["path"]})",
             {{200, "Received"}, {422, "The body breaks a rule"}}},
            {"GET", "/v1/events", nothing, "All \"events\""},
            {"POST", "/hooks/alias", nothing},
            {"GET", "/v1/streams/{id}", nothing, "One stream", "", {{200, "It"}, {404, "None"}}}};
}

TEST(ServicePages, DescribeTheRoutesAsOpenApi) {
    const auto document =
        nlohmann::json::parse(openapi_json("Media Service API", "1.2.3", some_routes()));

    EXPECT_EQ(document, nlohmann::json::parse(R"({
        "openapi": "3.0.3",
        "info": {"title": "Media Service API", "version": "1.2.3"},
        "paths": {
            "/health": {"get": {
                "summary": "Whether the process lives", "operationId": "get_health",
                "responses": {"200": {"description": "OK"}}}},
            "/v1/events": {
                "post": {
                    "summary": "A stream came <or> went", "operationId": "post_v1_events",
                    "requestBody": {"required": true, "content": {"application/json": {
                        "schema": {"type": "object", "required": ["path"]}}}},
                    "responses": {"200": {"description": "Received"},
                                  "422": {"description": "The body breaks a rule"}}},
                "get": {
                    "summary": "All \"events\"", "operationId": "get_v1_events",
                    "responses": {"200": {"description": "OK"}}}},
            "/v1/streams/{id}": {"get": {
                "summary": "One stream", "operationId": "get_v1_streams_id",
                "parameters": [{"name": "id", "in": "path", "required": true,
                                "schema": {"type": "string"}}],
                "responses": {"200": {"description": "It"}, "404": {"description": "None"}}}}}})"));
}

TEST(ServicePages, ListTheApiForPeople) {
    const auto page = docs_page("A & B API", openapi_json("A & B API", "1.2.3", some_routes()));

    EXPECT_THAT(page, HasSubstr("<title>A &amp; B API</title>"));
    EXPECT_THAT(page, HasSubstr("Version 1.2.3"));
    EXPECT_THAT(page, HasSubstr("swagger"));
    EXPECT_THAT(page, HasSubstr("api"));
    EXPECT_THAT(page, HasSubstr("<code>/v1/streams/{id}</code>"));
    EXPECT_THAT(page, HasSubstr("A stream came &lt;or&gt; went"));
    EXPECT_THAT(page, HasSubstr("The body breaks a rule"));
    EXPECT_THAT(page, Not(HasSubstr("/hooks/alias")));
}

TEST(ServicePages, NeedNothingFromElsewhere) {
    const auto page = docs_page("API", openapi_json("API", "1", some_routes()));

    EXPECT_THAT(page, Not(HasSubstr("http://")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, Not(HasSubstr("<link")));
}

TEST(ServicePages, SurviveADocumentThatIsNone) {
    EXPECT_THAT(docs_page("API", "nope"), HasSubstr("</html>"));
}

TEST(ServicePages, AreServedBesideTheRoutes) {
    const auto handler = route(with_service_pages("STS Service API", "1.0.0", some_routes()));

    const auto openapi = handler({.method = "GET", .path = "/openapi.json"});
    EXPECT_EQ(openapi.status, 200);
    EXPECT_EQ(openapi.content_type, "application/json");
    EXPECT_EQ(nlohmann::json::parse(openapi.body)["info"]["title"], "STS Service API");
    const auto docs = handler({.method = "GET", .path = "/docs/"});
    EXPECT_EQ(docs.status, 200);
    EXPECT_EQ(docs.content_type, "text/html; charset=utf-8");
    EXPECT_THAT(docs.body, HasSubstr("STS Service API"));
    EXPECT_EQ(handler({.method = "GET", .path = "/health"}).status, 200);
}

}  // namespace
}  // namespace livedub::http
