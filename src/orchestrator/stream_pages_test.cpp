// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/stream_pages.hpp"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::orchestrator {
namespace {

using testing::HasSubstr;
using testing::Not;

StreamStatus status() {
    StreamStatus status{.id = "a"};
    status.state = StreamState::kRunning;
    status.options.target_language = "fr";
    status.warnings = {"lang=\"\xff\" is not usable"};
    status.last_error = "output: rtmp://user:secret@host:1935/live/a/out: refused";
    status.counts.fallbacks = 3;
    return status;
}

TEST(StreamPages, ShowStateOptionsAndErrors) {
    const auto text = stream_json(status());

    EXPECT_THAT(text, HasSubstr(R"("stream_id":"a","state":"running","source_type":null)"));
    EXPECT_THAT(text, HasSubstr(R"("target_language":"fr")"));
    EXPECT_THAT(text, HasSubstr(R"("delay_ms":15000)"));
    EXPECT_THAT(text, HasSubstr(R"("fallbacks":3)"));
    EXPECT_THAT(text, HasSubstr("is not usable"));
    EXPECT_THAT(text, HasSubstr(R"("ended_because":null)"));
}

TEST(StreamPages, ShowNoSecrets) {
    const auto text = stream_json(status());

    EXPECT_THAT(text, Not(HasSubstr("secret")));
    EXPECT_THAT(text, HasSubstr("rtmp://***@host:1935/live/a/out: refused"));
}

TEST(StreamPages, CountTheStreams) {
    EXPECT_EQ(streams_json({}), R"({"count":0,"streams":[]})");
    const std::array two{status(), status()};
    EXPECT_THAT(streams_json(two), HasSubstr(R"({"count":2,"streams":[{"stream_id":"a")"));
}

}  // namespace
}  // namespace livedub::orchestrator
