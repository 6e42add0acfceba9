// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/rtmp_message.hpp"

#include <gtest/gtest.h>

#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

// librtmp's "publish" as rtmpsink sends it: name, transaction, null, stream, kind.
constexpr std::string_view kPublish =
    "02 00 07 70 75 62 6c 69 73 68 00 40 14 00 00 00 00 00 00 05 02 00 02 69 6e 02 00 04 6c 69 76 "
    "65";

RtmpMessage message_of(MessageType type, std::string_view hex) {
    return {.type = type, .payload = from_hex(hex)};
}

RtmpMessage only_message(const Bytes& wire) {
    ChunkReader reader;
    std::vector<RtmpMessage> messages;
    EXPECT_TRUE(reader.feed(wire, messages).has_value());
    EXPECT_EQ(messages.size(), 1U);
    return messages.empty() ? RtmpMessage{} : messages.front();
}

TEST(Command, ReadsThePublishOfLibrtmp) {
    const auto command = parse_command(message_of(MessageType::kCommand, kPublish));

    ASSERT_TRUE(command.has_value()) << command.error().message();
    EXPECT_EQ(command->name, "publish");
    EXPECT_EQ(command->transaction, 5.0);
    EXPECT_EQ(command->text(0), "");  // null
    EXPECT_EQ(command->text(1), "in");
    EXPECT_EQ(command->text(2), "live");
    EXPECT_EQ(command->text(3), "");
}

TEST(Command, ReadsTheAmf3Wrapper) {
    const auto command =
        parse_command(message_of(MessageType::kCommandAmf3, std::string{"00 "}.append(kPublish)));

    ASSERT_TRUE(command.has_value()) << command.error().message();
    EXPECT_EQ(command->text(1), "in");
}

TEST(Command, RefusesWhatIsNone) {
    EXPECT_FALSE(parse_command(message_of(MessageType::kCommand, "")).has_value());
    EXPECT_FALSE(parse_command(message_of(MessageType::kCommandAmf3, "")).has_value());
    EXPECT_FALSE(parse_command(message_of(MessageType::kCommand, "05 05")).has_value());
    EXPECT_FALSE(parse_command(message_of(MessageType::kCommand, "02 00 01 61")).has_value());
    EXPECT_FALSE(parse_command(message_of(MessageType::kCommand, "02 00 09 61")).has_value());
}

TEST(UserControl, ReadsAndWrites) {
    const auto ping = parse_user_control(from_hex("00 06 00 38 b6 98"));
    ASSERT_TRUE(ping.has_value());
    EXPECT_EQ(ping->event, UserEvent::kPingRequest);
    EXPECT_EQ(ping->value, 0x0038B698U);

    Bytes wire;
    append_user_control(wire, {.event = UserEvent::kPingResponse, .value = 0x0038B698});
    const auto message = only_message(wire);
    EXPECT_EQ(message.type, MessageType::kUserControl);
    EXPECT_EQ(message.payload, from_hex("00 07 00 38 b6 98"));

    EXPECT_FALSE(parse_user_control(from_hex("00")).has_value());
    EXPECT_EQ(parse_user_control(from_hex("00 1f"))->value, 0U);
}

TEST(Control, WritesWhatTheSpecificationSays) {
    Bytes wire;
    append_window_ack_size(wire, 2'500'000);
    EXPECT_EQ(wire, from_hex("02 00 00 00 00 00 04 05 00 00 00 00 00 26 25 a0"));
    wire.clear();
    append_set_peer_bandwidth(wire, 2'500'000);
    EXPECT_EQ(wire, from_hex("02 00 00 00 00 00 05 06 00 00 00 00 00 26 25 a0 02"));
    wire.clear();
    append_set_chunk_size(wire, 65536);
    EXPECT_EQ(wire, from_hex("02 00 00 00 00 00 04 01 00 00 00 00 00 01 00 00"));
    wire.clear();
    append_acknowledgement(wire, 1);
    EXPECT_EQ(wire, from_hex("02 00 00 00 00 00 04 03 00 00 00 00 00 00 00 01"));
}

TEST(Status, IsACommandOnTheStream) {
    Bytes wire;
    append_status(wire, 1, StatusLevel::kError, "NetStream.Play.StreamNotFound", "nobody", 65536);

    const auto message = only_message(wire);
    EXPECT_EQ(message.stream_id, 1U);
    const auto command = parse_command(message);
    ASSERT_TRUE(command.has_value());
    EXPECT_EQ(command->name, "onStatus");
    ASSERT_EQ(command->arguments.size(), 2U);
    const auto* info = command->arguments[1].object();
    ASSERT_NE(info, nullptr);
    EXPECT_EQ(*info->find("level"), AmfValue{"error"});
    EXPECT_EQ(*info->find("code"), AmfValue{"NetStream.Play.StreamNotFound"});
}

TEST(Data, IsUnwrappedForPlayers) {
    // "@setDataFrame", "onMetaData", {}
    const std::string wrapped =
        "02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65 02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 "
        "03 00 00 09";
    const auto plain = from_hex("02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 03 00 00 09");

    const auto data = data_for_players(message_of(MessageType::kData, wrapped));
    const auto amf3 = data_for_players(message_of(MessageType::kDataAmf3, "00 " + wrapped));

    ASSERT_TRUE(data.has_value() && data->has_value());
    EXPECT_EQ(**data, plain);
    ASSERT_TRUE(amf3.has_value() && amf3->has_value());
    EXPECT_EQ(**amf3, plain);
}

TEST(Data, OtherwisePassesAsItIs) {
    const auto cue = data_for_players(message_of(MessageType::kData, "02 00 03 63 75 65 05"));
    ASSERT_TRUE(cue.has_value() && cue->has_value());
    EXPECT_EQ(**cue, from_hex("02 00 03 63 75 65 05"));

    const auto clear = data_for_players(
        message_of(MessageType::kData, "02 00 0f 40 63 6c 65 61 72 44 61 74 61 46 72 61 6d 65"));
    ASSERT_TRUE(clear.has_value());
    EXPECT_FALSE(clear->has_value());

    EXPECT_FALSE(data_for_players(message_of(MessageType::kData, "02 00 09 61")).has_value());
}

}  // namespace
}  // namespace livedub::wire
