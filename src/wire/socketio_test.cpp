// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/socketio.hpp"

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

using enum SocketIoType;

struct Good {
    std::string_view text;
    SocketIoPacket packet;
};

class SocketIoPackets : public testing::TestWithParam<Good> {};

TEST_P(SocketIoPackets, AreReadAndWritten) {
    const auto packet = decode_socketio(std::string{GetParam().text});
    ASSERT_TRUE(packet.has_value()) << packet.error().message();
    EXPECT_EQ(*packet, GetParam().packet);
    EXPECT_EQ(encode_socketio(GetParam().packet), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SocketIoPackets,
    testing::Values(
        Good{"0", {.type = kConnect}},
        Good{"0{\"sid\":\"x\"}", {.type = kConnect, .json = "{\"sid\":\"x\"}"}},
        Good{"0/sts,", {.type = kConnect, .name_space = "/sts"}},
        Good{"0/sts,{\"token\":\"k\"}",
             {.type = kConnect, .name_space = "/sts", .json = "{\"token\":\"k\"}"}},
        Good{"1", {.type = kDisconnect}},
        Good{"1/sts,", {.type = kDisconnect, .name_space = "/sts"}},
        Good{"2[\"a\",{}]", {.json = "[\"a\",{}]"}},
        Good{"212[\"a\"]", {.ack_id = 12, .json = "[\"a\"]"}},
        Good{"2/sts,12[\"a\"]", {.name_space = "/sts", .ack_id = 12, .json = "[\"a\"]"}},
        Good{"3/sts,0[]", {.type = kAck, .name_space = "/sts", .ack_id = 0, .json = "[]"}},
        Good{"318446744073709551615[]",
             {.type = kAck, .ack_id = 18'446'744'073'709'551'615U, .json = "[]"}},
        Good{"4\"no\"", {.type = kConnectError, .json = "\"no\""}},
        Good{"4/x,{\"message\":\"Invalid namespace\"}",
             {.type = kConnectError,
              .name_space = "/x",
              .json = R"({"message":"Invalid namespace"})"}},
        Good{"51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
             {.type = kBinaryEvent,
              .attachments = 1,
              .json = R"(["a",{"_placeholder":true,"num":0}])"}},
        Good{"50-[\"a\"]", {.type = kBinaryEvent, .json = "[\"a\"]"}},
        Good{"564-/sts,7[\"a\"]",
             {.type = kBinaryEvent,
              .name_space = "/sts",
              .attachments = 64,
              .ack_id = 7,
              .json = "[\"a\"]"}},
        Good{"62-3[{}]", {.type = kBinaryAck, .attachments = 2, .ack_id = 3, .json = "[{}]"}}));

TEST(SocketIo, TakesANamespaceWithoutAComma) {
    const auto packet = decode_socketio("0/sts");
    ASSERT_TRUE(packet.has_value());
    EXPECT_EQ(*packet, (SocketIoPacket{.type = kConnect, .name_space = "/sts"}));
}

class SocketIoMalformed : public testing::TestWithParam<std::string_view> {};

TEST_P(SocketIoMalformed, IsRefused) {
    const auto packet = decode_socketio(std::string{GetParam()});
    ASSERT_FALSE(packet.has_value());
    EXPECT_EQ(packet.error().code(), ErrorCode::kProtocol);
    EXPECT_FALSE(packet.error().message().empty());
}

INSTANTIATE_TEST_SUITE_P(Table, SocketIoMalformed,
                         testing::Values("", "7", "[\"a\"]", "x", "2", "2{}", "2\"a\"", "2/sts",
                                         "2/sts,", "21", "21-[\"a\"]",
                                         "299999999999999999999[\"a\"]", "3", "5[\"a\"]",
                                         "5-[\"a\"]", "51[\"a\"]", "51-", "5/sts,1-[\"a\"]",
                                         "565-[\"a\"]", "599999999999999999999-[\"a\"]", "5-1-[]",
                                         "0}", "0 {}", "4oops"));

struct Split {
    std::string_view json;
    SocketIoEvent event;
};

class SocketIoEvents : public testing::TestWithParam<Split> {};

TEST_P(SocketIoEvents, AreTakenApart) {
    const auto event = split_event(GetParam().json);
    ASSERT_TRUE(event.has_value()) << event.error().message();
    EXPECT_EQ(event->name, GetParam().event.name);
    EXPECT_EQ(event->argument, GetParam().event.argument);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SocketIoEvents,
    testing::Values(Split{R"(["a"])", {"a", ""}},
                    Split{R"(["a",{"b":[1,2]}])", {"a", R"({"b":[1,2]})"}},
                    Split{R"( [ "a" , { "b" : 1 } , 2 ] )", {"a", R"({ "b" : 1 })"}},
                    Split{R"(["a\"b\u00e9\ud83d\ude00",null])", {"a\"bé😀", "null"}},
                    Split{R"(["",0])", {"", "0"}}, Split{R"(["a",1,{"b":[2]},"c"])", {"a", "1"}},
                    Split{R"(["x","a,b]\"",3])", {"x", R"("a,b]\"")"}}));

class NotEvents : public testing::TestWithParam<std::string> {};

TEST_P(NotEvents, AreRefused) {
    const auto event = split_event(GetParam());
    ASSERT_FALSE(event.has_value());
    EXPECT_EQ(event.error().code(), ErrorCode::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(Table, NotEvents,
                         testing::Values("", " ", "[]", "[1]", "[null,\"a\"]", "{}", "\"a\"",
                                         "[\"a\"", "[\"a\",]", "[\"a\",{]", "[\"a\",{}", "[\"a\"]]",
                                         "[\"a\"]x", "[\"a\",1,]", "[\"a\",1", "[\"a\" {}]",
                                         "[\"a\",{},]", "[\"\xff\"]", R"(["\ud800"])", R"(["\x"])",
                                         "[\"a\"," + std::string(5'000, '[')));

TEST(SocketIo, LeavesTheDepthOfAnArgumentToWhoReadsIt) {
    const std::string argument = std::string(5'000, '[') + std::string(5'000, ']');
    const auto event = split_event(join_event("a", argument));
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->argument, argument);
}

TEST(SocketIo, JoinsWhatItSplits) {
    EXPECT_EQ(join_event("a", ""), R"(["a"])");
    EXPECT_EQ(join_event("a\"\n", "{\"b\":1}"), R"(["a\"\n",{"b":1}])");
    const auto event = split_event(join_event("a\"\n", "[1]"));
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->name, "a\"\n");
    EXPECT_EQ(event->argument, "[1]");
}

TEST(SocketIo, WritesAnEventInOneGo) {
    for (const auto& packet : {SocketIoPacket{}, SocketIoPacket{.name_space = "/sts", .ack_id = 7},
                               SocketIoPacket{.type = kBinaryEvent, .attachments = 2}}) {
        auto with_json = packet;
        with_json.json = join_event("a\"", "{}");
        EXPECT_EQ(encode_event(packet, "a\"", "{}"), encode_socketio(with_json));
    }
}

TEST(SocketIo, LeavesAFragmentsAudioAlone) {
    const std::string argument = R"({"data_base64":")" + std::string(14'000'000, 'A') + "\"}";
    const auto event = split_event(join_event("fragment:data", argument));
    ASSERT_TRUE(event.has_value());
    EXPECT_TRUE(event->argument == argument);
}

}  // namespace
}  // namespace livedub::wire
