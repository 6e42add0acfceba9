// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/online/service_answer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::online {
namespace {

TEST(ServiceAnswer, PutsAPathBelowAUrl) {
    EXPECT_EQ(below("http://here/v1", "/models"), "http://here/v1/models");
    EXPECT_EQ(below("http://here/v1//", "/models"), "http://here/v1/models");
}

TEST(ServiceAnswer, KnowsThePrimaryLanguage) {
    EXPECT_EQ(primary_language("PT-br"), "pt");
    EXPECT_EQ(primary_language("es_MX"), "es");
    EXPECT_EQ(primary_language(""), "");
}

TEST(ServiceAnswer, SaysWhatAStatusMeans) {
    struct Row {
        int status;
        ErrorCode code;
        bool may_pass;
    };
    for (const auto& row : std::vector<Row>{{429, ErrorCode::kExhausted, true},
                                            {456, ErrorCode::kExhausted, true},
                                            {408, ErrorCode::kUnavailable, true},
                                            {500, ErrorCode::kUnavailable, true},
                                            {503, ErrorCode::kUnavailable, true},
                                            {400, ErrorCode::kInvalidArgument, false},
                                            {302, ErrorCode::kInternal, false},
                                            {401, ErrorCode::kInternal, false}}) {
        const auto error = refusal_in({.status = row.status}, "a-service", {"/error"});
        EXPECT_EQ(error.code(), row.code) << row.status;
        EXPECT_EQ(may_pass(error), row.may_pass) << row.status;
        EXPECT_EQ(error.message(), "a-service: HTTP " + std::to_string(row.status));
    }
}

TEST(ServiceAnswer, ShowsTheFirstComplaintThatIsAText) {
    const http::FetchedPage page{.status = 401, .body = R"({"error": {"message": "no\nkey"}})"};

    EXPECT_EQ(refusal_in(page, "a", {"/error", "/error/message"}).message(), "a: HTTP 401: no key");
    EXPECT_EQ(refusal_in(page, "a", {"/detail"}).message(), "a: HTTP 401");
}

TEST(ServiceAnswer, IsNotThereWhereNobodyListens) {
    const auto page =
        ask_service("a-service", {.url = "http://127.0.0.1:1/"}, std::chrono::seconds{30}, {});

    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().code(), ErrorCode::kUnavailable);
    EXPECT_TRUE(page.error().message().starts_with("a-service: http://127.0.0.1:1/: "));
}

TEST(ServiceAnswer, TellsALimitFromAWantOfMemory) {
    EXPECT_EQ(speech_refusal_in({.status = 429}, "a", {}).message(),
              "RATE_LIMIT_EXCEEDED: a: HTTP 429");
    EXPECT_EQ(speech_refusal_in({.status = 500}, "a", {}).message(), "a: HTTP 500");
}

}  // namespace
}  // namespace livedub::online
