// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/log.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace livedub {
namespace {

TEST(Log, AnUnknownLevelIsRefusedByName) {
    const auto result = set_up_logging("loud", LogFormat::kText);

    ASSERT_FALSE(result.has_value());
    EXPECT_NE(result.error().message().find("\"loud\""), std::string::npos);
}

TEST(Log, OneRoomHasOneLogger) {
    ASSERT_TRUE(set_up_logging("Warn", LogFormat::kJson).has_value());

    EXPECT_EQ(logger("media"), logger("media"));
    EXPECT_EQ(logger("media")->level(), spdlog::level::warn);
}

TEST(Log, WhatALineIsAboutBecomesKeys) {
    EXPECT_EQ(json_keys_of("started stream=a-1 seq=7 upstream=x"),
              R"("streamId":"a-1","fragmentSeq":"7",)");
    EXPECT_EQ(json_keys_of("sent fragment=f\"1"), R"("fragmentId":"f\"1",)");
    EXPECT_EQ(json_keys_of("stream=at-the-beginning is no pair of an event"), "");
}

TEST(Log, WhatStrangersSayMakesNoLinesOfItsOwn) {
    for (const auto format : {LogFormat::kText, LogFormat::kJson}) {
        ASSERT_TRUE(set_up_logging("INFO", format).has_value());
        testing::internal::CaptureStderr();
        logger(format == LogFormat::kText ? "as-text" : "as-json")
            ->info("lang=\"{}\"", "x\n12:00:00.000 error\x1b[2J\x7f\tñ");
        const auto shown = testing::internal::GetCapturedStderr();
        EXPECT_EQ(std::ranges::count(shown, '\n'), 1) << shown;
        EXPECT_EQ(shown.find('\x1b'), std::string::npos) << shown;
        EXPECT_NE(shown.find("ñ"), std::string::npos) << shown;
    }
}

TEST(Log, WhatIsNoUtf8IsReplacedInJson) {
    EXPECT_EQ(json_keys_of("a stream=ñ€😀"), R"("streamId":"ñ€😀",)");
    EXPECT_EQ(json_keys_of("a stream=\xFFx\xC3"), R"("streamId":"\ufffdx\ufffd",)");
    for (const auto* none : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
        const auto keys = json_keys_of(std::string{"a stream="} + none);
        EXPECT_TRUE(std::ranges::none_of(keys, [](char c) { return (c & 0x80) != 0; })) << keys;
    }
}

TEST(Log, CredentialsOfUrlsAreNotShown) {
    EXPECT_EQ(without_credentials("rtmp://u:p@h:1/a: lost, then http://x@y/b@c"),
              "rtmp://***@h:1/a: lost, then http://***@y/b@c");
    EXPECT_EQ(without_credentials("\"rtmp://h/live/a/in?key=s\" lost, rtmp://u@h/b?c d?e"),
              "\"rtmp://h/live/a/in?***\" lost, rtmp://***@h/b?*** d?e");
    EXPECT_EQ(without_credentials("a@b c://d"), "a@b c://d");
}

}  // namespace
}  // namespace livedub
