// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_events.hpp"

#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace livedub::sts_client {
namespace {

using nlohmann::json;

contract::FragmentData fragment(bool is_binary) {
    contract::FragmentData data;
    data.fragment_id = "f";
    data.stream_id = "cam";
    data.sequence_number = 4;
    data.timestamp = 1'700'000'000'000;
    data.metadata = R"({"pts_ns":24000000000})";
    data.pts_ns = 24'000'000'000;
    data.audio.data = "dub";
    data.audio.is_binary = is_binary;
    return data;
}

TEST(LinkEvents, InitIsNestedWithAllConfigKeys) {
    contract::StreamInit init;
    init.stream_id = "cam";
    init.worker_id = "w";
    init.max_inflight = 3;
    init.timeout_ms = 8'000;
    const auto event = to_event({init});
    EXPECT_EQ(event.name, "stream:init");
    const auto message = json::parse(event.argument.view());
    EXPECT_EQ(message["stream_id"], "cam");
    EXPECT_EQ(message["max_inflight"], 3);
    EXPECT_EQ(message["timeout_ms"], 8'000);
    for (const auto* key :
         {"source_language", "target_language", "voice_profile", "chunk_duration_ms",
          "sample_rate_hz", "channels", "format", "domain_hints", "output_format",
          "output_sample_rate_hz", "output_channels", "binary"}) {
        EXPECT_TRUE(message["config"].contains(key)) << key;
    }
}

TEST(LinkEvents, AFragmentsBytesTravelAsBase64) {
    const auto event = to_event({fragment(false)});
    EXPECT_EQ(event.name, "fragment:data");
    EXPECT_TRUE(event.attachments.empty());
    const auto message = json::parse(event.argument.view());
    EXPECT_EQ(message["audio"]["data_base64"], "ZHVi");
    EXPECT_EQ(message["metadata"]["pts_ns"], 24'000'000'000);
    EXPECT_EQ(message["sequence_number"], 4);
}

TEST(LinkEvents, OrAsAnAttachment) {
    const auto event = to_event({fragment(true)});
    ASSERT_EQ(event.attachments.size(), 1U);
    EXPECT_EQ(event.attachments[0], "dub");
    const auto message = json::parse(event.argument.view());
    EXPECT_EQ(message["audio"]["data"], (json{{"_placeholder", true}, {"num", 0}}));
    EXPECT_FALSE(message["audio"].contains("data_base64"));
}

TEST(LinkEvents, AnAckHasTheClientsThreeKeys) {
    contract::FragmentAck ack;
    ack.fragment_id = "f";
    ack.status = "applied";
    ack.timestamp = 5;
    const auto event = to_event({ack});
    EXPECT_EQ(event.name, "fragment:ack");
    EXPECT_EQ(json::parse(event.argument.view()),
              (json{{"fragment_id", "f"}, {"status", "applied"}, {"timestamp", 5}}));
}

TEST(LinkEvents, EndNamesItsStream) {
    const auto event = to_event({contract::StreamControl{.stream_id = "cam", .reason = "over"}});
    EXPECT_EQ(event.name, "stream:end");
    EXPECT_EQ(json::parse(event.argument.view())["stream_id"], "cam");
}

}  // namespace
}  // namespace livedub::sts_client
