// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <string>

#include <gtest/gtest.h>

#include "contract/fragment_messages.hpp"
#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

TEST(FragmentAck, IsWrittenWithTheKeysOfItsSender) {
    const FragmentAck queued{.fragment_id = "f",
                             .status = "queued",
                             .timestamp = 1'700'000'000'000,
                             .queue_position = 2,
                             .estimated_completion_ms = 4'000};
    expect_golden("fragment_ack", to_json(queued));
    expect_golden("fragment_ack_processing",
                  to_json(FragmentAck{.fragment_id = "f", .status = "processing"}));
    expect_golden("fragment_ack_client",
                  client_ack_to_json(FragmentAck{
                      .fragment_id = "f", .status = "applied", .timestamp = 1'700'000'000'000}));
}

TEST(FragmentAck, RoundTrips) {
    const FragmentAck sent{.fragment_id = "f",
                           .status = "queued",
                           .timestamp = 5,
                           .queue_position = 0,
                           .estimated_completion_ms = 7};

    const auto read = parse_fragment_ack(to_json(sent));

    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(to_json(*read), to_json(sent));
}

TEST(FragmentAck, NeedsOnlyAnId) {
    const auto ack = parse_fragment_ack(R"({"fragment_id":"f","timestamp":"noon"})");
    ASSERT_TRUE(ack.has_value());
    EXPECT_EQ(ack->status, "");
    EXPECT_EQ(ack->timestamp, 0);
    EXPECT_EQ(ack->queue_position, std::nullopt);

    for (const auto* text : {"{}", R"({"fragment_id":""})", R"({"fragment_id":1})", "[]", "x"}) {
        const auto bad = parse_fragment_ack(text);
        ASSERT_FALSE(bad.has_value()) << text;
        EXPECT_EQ(bad.error().code, "MALFORMED_DATA");
    }
}

}  // namespace
}  // namespace livedub::contract
