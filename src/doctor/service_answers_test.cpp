// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/service_answers.hpp"

#include <gtest/gtest.h>

namespace livedub::doctor {
namespace {

TEST(MediaServer, SaysHowManyPathsItHas) {
    EXPECT_EQ(said_by_media_server(200, R"({"itemCount":0,"items":[]})"), "0 paths, 0 ready");
    EXPECT_EQ(said_by_media_server(200, R"({"items":[{"name":"a","ready":true}]})"),
              "1 path, 1 ready");
    EXPECT_EQ(said_by_media_server(200, R"({"items":[{"ready":false},{"ready":1},{},7]})"),
              "4 paths, 0 ready");
}

TEST(MediaServer, IsNotWhoeverAnswersOtherwise) {
    for (const auto* body : {"", "<html>", "[]", "{}", R"({"items":3})"}) {
        EXPECT_FALSE(said_by_media_server(200, body).has_value()) << body;
    }
    const auto denied = said_by_media_server(401, R"({"items":[]})");
    ASSERT_FALSE(denied.has_value());
    EXPECT_EQ(denied.error().message(), "answered with status 401");
}

TEST(SpeechService, SaysHowItIs) {
    EXPECT_EQ(said_by_speech_service(200, R"({"status":"healthy","service":"echo-sts"})"),
              "echo-sts healthy");
    EXPECT_EQ(said_by_speech_service(200, R"({"status":"ok"})"), "ok");
}

TEST(SpeechService, IsNotReadyWhileItStarts) {
    const auto starting =
        said_by_speech_service(503, R"({"status":"starting","service":"full-sts-service"})");

    ASSERT_FALSE(starting.has_value());
    EXPECT_EQ(starting.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(starting.error().message(), "full-sts-service starting (status 503)");
}

TEST(SpeechService, IsNotWhoeverAnswersOtherwise) {
    for (const auto* body : {"", "ok", "[]", R"({"status":1})"}) {
        const auto answer = said_by_speech_service(200, body);
        ASSERT_FALSE(answer.has_value()) << body;
        EXPECT_EQ(answer.error().code(), ErrorCode::kProtocol);
    }
}

TEST(SpeechService, CannotWriteToTheTerminal) {
    EXPECT_EQ(said_by_speech_service(200, R"({"status":"ok\u001b[31m\n"})"), "ok[31m");
}

}  // namespace
}  // namespace livedub::doctor
