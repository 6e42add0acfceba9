// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/engineio.hpp"

#include <array>
#include <limits>
#include <memory>

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

using std::chrono::milliseconds;

struct Frame {
    std::string_view text;
    EngineIoPacket packet;
};

class EngineIoFrames : public testing::TestWithParam<Frame> {};

TEST_P(EngineIoFrames, AreReadAndWritten) {
    const auto packet = decode_engineio(std::string{GetParam().text});
    ASSERT_TRUE(packet.has_value()) << packet.error().message();
    EXPECT_EQ(*packet, GetParam().packet);
    EXPECT_EQ(encode_engineio(GetParam().packet), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Table, EngineIoFrames,
                         testing::Values(Frame{"0{}", {EngineIoType::kOpen, "{}"}},
                                         Frame{"1", {EngineIoType::kClose, ""}},
                                         Frame{"2", {EngineIoType::kPing, ""}},
                                         Frame{"2probe", {EngineIoType::kPing, "probe"}},
                                         Frame{"3probe", {EngineIoType::kPong, "probe"}},
                                         Frame{"42[\"a\"]", {EngineIoType::kMessage, "2[\"a\"]"}},
                                         Frame{"4", {EngineIoType::kMessage, ""}},
                                         Frame{"5", {EngineIoType::kUpgrade, ""}},
                                         Frame{"6", {EngineIoType::kNoop, ""}}));

TEST(EngineIoFrame, HasItsInsetInPlace) {
    EngineIoPacket packet{.type = EngineIoType::kMessage, .payload = R"(2["a",""])"};
    packet.inset = {.at = 7, .text = std::make_shared<const std::string>("long")};

    EXPECT_EQ(encode_engineio(packet), R"(42["a","long"])");
    EXPECT_EQ(encode_engineio_payload(std::array{packet, packet}),
              "42[\"a\",\"long\"]\x1e"
              "42[\"a\",\"long\"]");
}

class EngineIoMalformed : public testing::TestWithParam<std::string_view> {};

TEST_P(EngineIoMalformed, IsRefused) {
    const auto packet = decode_engineio(std::string{GetParam()});
    ASSERT_FALSE(packet.has_value());
    EXPECT_EQ(packet.error().code(), ErrorCode::kProtocol);
    EXPECT_FALSE(packet.error().message().empty());
}

INSTANTIATE_TEST_SUITE_P(Table, EngineIoMalformed,
                         testing::Values("", "7", "9x", "b", "bAAAA", " 4", "\x04", "probe"));

TEST(EngineIoPayload, JoinsPacketsAndBytes) {
    const std::vector<EngineIoPacket> packets{
        {EngineIoType::kMessage, "2[\"a\"]"},
        {EngineIoType::kMessage, std::string{"\x01\x02\x1e\x03", 4}, true},
        {EngineIoType::kPing, ""},
        {EngineIoType::kMessage, "", true}};

    const auto body = encode_engineio_payload(packets);

    EXPECT_EQ(body,
              "42[\"a\"]\x1e"
              "bAQIeAw==\x1e"
              "2\x1e"
              "b");
    const auto again = decode_engineio_payload(body);
    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_EQ(*again, packets);
}

TEST(EngineIoPayload, OfOnePacketIsThePacket) {
    const std::vector<EngineIoPacket> packets{{EngineIoType::kNoop, ""}};
    EXPECT_EQ(encode_engineio_payload(packets), "6");
    EXPECT_EQ(*decode_engineio_payload("6"), packets);
}

struct BadPayload {
    std::string body;
    std::string_view message;
};

class EngineIoPayloadMalformed : public testing::TestWithParam<BadPayload> {};

TEST_P(EngineIoPayloadMalformed, IsRefused) {
    const auto packets = decode_engineio_payload(GetParam().body);
    ASSERT_FALSE(packets.has_value());
    EXPECT_EQ(packets.error().code(), ErrorCode::kProtocol);
    EXPECT_EQ(packets.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EngineIoPayloadMalformed,
    testing::Values(BadPayload{"", "packet 1 of 1: an empty packet"},
                    BadPayload{"2\x1e", "packet 2 of 2: an empty packet"},
                    BadPayload{"\x1e"
                               "2",
                               "packet 1 of 2: an empty packet"},
                    BadPayload{"2\x1e\x1e"
                               "2",
                               "packet 2 of 3: an empty packet"},
                    BadPayload{"42[]\x1ex", "packet 2 of 2: no packet type: 0x78"},
                    BadPayload{"b!!!!", "packet 1 of 1: not base64 at character 0"},
                    BadPayload{"2\x1e:", "packet 2 of 2: no packet type: 0x3a"},
                    BadPayload{std::string(kMostPayloadPackets, '\x1e'),
                               "65537 packets in one payload"}));

TEST(EngineIoHandshakeJson, RoundTrips) {
    const EngineIoHandshake handshake{.sid = "a\"b",
                                      .upgrades = {"websocket"},
                                      .ping_interval = milliseconds{300},
                                      .ping_timeout = milliseconds{200},
                                      .max_payload = 1'000'000};

    const auto text = encode_handshake(handshake);

    EXPECT_EQ(text, R"({"sid":"a\"b","upgrades":["websocket"],"pingInterval":300,)"
                    R"("pingTimeout":200,"maxPayload":1000000})");
    const auto again = decode_handshake(text);
    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_EQ(again->sid, handshake.sid);
    EXPECT_EQ(again->upgrades, handshake.upgrades);
    EXPECT_EQ(again->ping_interval, handshake.ping_interval);
    EXPECT_EQ(again->ping_timeout, handshake.ping_timeout);
    EXPECT_EQ(again->max_payload, handshake.max_payload);
}

TEST(EngineIoHandshakeJson, MayBeSparse) {
    const auto handshake =
        decode_handshake(R"({"pingTimeout":20000.0,"sid":"x","new":[{}],"pingInterval":25000})");

    ASSERT_TRUE(handshake.has_value()) << handshake.error().message();
    EXPECT_TRUE(handshake->upgrades.empty());
    EXPECT_EQ(handshake->ping_timeout, milliseconds{20'000});
    EXPECT_EQ(handshake->max_payload, std::numeric_limits<std::size_t>::max());
}

class HandshakeMalformed : public testing::TestWithParam<std::string_view> {};

TEST_P(HandshakeMalformed, IsRefused) {
    const auto handshake = decode_handshake(GetParam());
    ASSERT_FALSE(handshake.has_value());
    EXPECT_EQ(handshake.error().code(), ErrorCode::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(Table, HandshakeMalformed,
                         testing::Values("", "[]", "\"x\"", "{",
                                         R"({"pingInterval":1,"pingTimeout":1})",
                                         R"({"sid":"","pingInterval":1,"pingTimeout":1})",
                                         R"({"sid":5,"pingInterval":1,"pingTimeout":1})",
                                         R"({"sid":"x","pingTimeout":1})",
                                         R"({"sid":"x","pingInterval":0,"pingTimeout":1})",
                                         R"({"sid":"x","pingInterval":1,"pingTimeout":-1})",
                                         R"({"sid":"x","pingInterval":"1","pingTimeout":1})",
                                         R"({"sid":"x","pingInterval":1e300,"pingTimeout":1})"));

}  // namespace
}  // namespace livedub::wire
