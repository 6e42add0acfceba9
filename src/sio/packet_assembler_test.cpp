// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/packet_assembler.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::EngineIoPacket;
using wire::EngineIoType;

constexpr std::string_view kTwoPlaces =
    R"({"a":{"_placeholder":true,"num":0},"b":{"_placeholder":true,"num":1}})";

EngineIoPacket text(std::string_view payload) {
    return {EngineIoType::kMessage, std::string{payload}, false};
}

EngineIoPacket bytes(std::string_view payload) {
    return {EngineIoType::kMessage, std::string{payload}, true};
}

TEST(PacketAssembler, GivesATextAtOnce) {
    PacketAssembler assembler{1000};

    const auto whole = assembler.feed(text("2/sts,[\"a\",1]"));

    ASSERT_TRUE(whole.has_value() && whole->has_value());
    EXPECT_EQ((*whole)->packet.name_space, "/sts");
    EXPECT_TRUE((*whole)->attachments.empty());
}

TEST(PacketAssembler, WaitsForAttachmentsAndStartsAnew) {
    PacketAssembler assembler{1000};
    for (int round = 0; round < 2; ++round) {
        const auto first = assembler.feed(text("52-[\"a\"," + std::string{kTwoPlaces} + "]"));
        ASSERT_TRUE(first.has_value());
        EXPECT_FALSE(first->has_value());
        const auto second = assembler.feed(bytes("one"));
        ASSERT_TRUE(second.has_value());
        EXPECT_FALSE(second->has_value());
        auto third = assembler.feed(bytes("two"));
        ASSERT_TRUE(third.has_value() && third->has_value());

        const auto event = event_of(std::move(**third));

        ASSERT_TRUE(event.has_value());
        EXPECT_EQ(event->name, "a");
        EXPECT_EQ(event->argument.view(), kTwoPlaces);
        EXPECT_THAT(event->attachments, ElementsAre("one", "two"));
    }
}

TEST(PacketAssembler, TakesBackWhatItMakes) {
    const Event event{.name = "a", .argument = std::string{kTwoPlaces}, .attachments = {"1", ""}};
    PacketAssembler assembler{1000};

    auto messages = messages_of("/sts", event);

    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0].payload, "52-/sts,[\"a\"," + std::string{kTwoPlaces} + "]");
    for (auto& message : messages) {
        auto whole = assembler.feed(std::move(message));
        ASSERT_TRUE(whole.has_value());
        if (*whole) {
            const auto again = event_of(std::move(**whole));
            ASSERT_TRUE(again.has_value());
            EXPECT_EQ(again->attachments, event.attachments);
        }
    }
}

TEST(PacketAssembler, MakesOneTextOfAnEventWithoutBytes) {
    EXPECT_THAT(messages_of("/", {.name = "a", .argument = "", .attachments = {}}),
                ElementsAre(text("2[\"a\"]")));
}

TEST(PacketAssembler, SaysWhereAnInsetBelongs) {
    const Event event{.name = "a",
                      .argument = R"({"b":""})",
                      .attachments = {},
                      .inset = {.at = 6, .text = std::make_shared<const std::string>("long")}};

    for (const auto* const name_space : {"/", "/sts"}) {
        const auto messages = messages_of(name_space, event);
        ASSERT_EQ(messages.size(), 1U);
        EXPECT_THAT(wire::encode_engineio(messages[0]), HasSubstr(R"(["a",{"b":"long"}])"));
    }
}

struct Bad {
    std::vector<EngineIoPacket> messages;  // the last is refused
    std::string_view message;
};

class PacketAssemblerRefuses : public testing::TestWithParam<Bad> {};

TEST_P(PacketAssemblerRefuses, TheLast) {
    PacketAssembler assembler{20};
    const auto& messages = GetParam().messages;
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) {
        ASSERT_TRUE(assembler.feed(messages[i]).has_value());
    }

    const auto refused = assembler.feed(messages.back());

    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::kProtocol);
    EXPECT_THAT(refused.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, PacketAssemblerRefuses,
    testing::Values(Bad{{text("x")}, "packet type"}, Bad{{bytes("x")}, "not announced"},
                    Bad{{text("2[\"a\"]"), bytes("x")}, "not announced"},
                    Bad{{text("51-[\"a\"]"), text("2[\"b\"]")}, "an attachment was announced"},
                    Bad{{text("51-[\"a\"]"), bytes("x"), bytes("y")}, "not announced"},
                    Bad{{text("2[\"0123456789abcdef\"]")}, "more than 20"},
                    Bad{{text("52-[\"a\"]"), bytes("12345"), bytes("12345678")}, "more than 20"}));

TEST(PacketAssembler, RefusesAnEventWithoutAName) {
    EXPECT_FALSE(event_of({.packet = {.json = "[1]"}, .attachments = {}}).has_value());
}

}  // namespace
}  // namespace livedub::sio
