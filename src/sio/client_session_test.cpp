// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/client_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using wire::EngineIoPacket;
using wire::EngineIoType;

constexpr SteadyTime kStart{};
constexpr std::string_view kHandshake =
    R"({"sid":"s","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":100})";

EngineIoPacket message(std::string_view text) {
    return {EngineIoType::kMessage, std::string{text}, false};
}

EngineIoPacket bytes(std::string_view content) {
    return {EngineIoType::kMessage, std::string{content}, true};
}

EngineIoPacket open_packet() {
    return {EngineIoType::kOpen, std::string{kHandshake}, false};
}

Event event(std::string name, std::string argument = "") {
    return {.name = std::move(name), .argument = std::move(argument), .attachments = {}};
}

/// A session that has joined its namespace.
ClientSession joined(const std::string& name_space = "/") {
    ClientSession session{name_space, "", 1000};
    (void)session.feed(open_packet(), kStart);
    (void)session.feed(message(name_space == "/" ? "0{\"sid\":\"x\"}" : "0" + name_space + ","),
                       kStart);
    return session;
}

const Error* end_of(const Reaction& reaction) {
    return reaction.happened.empty() ? nullptr : std::get_if<Error>(&reaction.happened.back());
}

TEST(ClientSession, ConnectsWithItsAuth) {
    ClientSession session{"/sts", R"({"token":"k"})", 1000};
    const auto reaction = session.feed(open_packet(), kStart);
    EXPECT_THAT(reaction.send, ElementsAre(message(R"(0/sts,{"token":"k"})")));
    EXPECT_THAT(reaction.happened, IsEmpty());
}

TEST(ClientSession, KeepsWhatIsEmittedUntilItHasJoined) {
    ClientSession session{"/", "", 1000};
    EXPECT_THAT(session.emit(event("early", "1")).send, IsEmpty());
    EXPECT_GT(session.kept_bytes(), 0U);
    EXPECT_THAT(session.feed(open_packet(), kStart).send, ElementsAre(message("0")));
    EXPECT_THAT(session.emit({.name = "b", .argument = "", .attachments = {"x"}}).send, IsEmpty());

    const auto reaction = session.feed(message("0{\"sid\":\"x\"}"), kStart);

    EXPECT_THAT(reaction.send,
                ElementsAre(message(R"(2["early",1])"), message(R"(51-["b"])"), bytes("x")));
    ASSERT_THAT(reaction.happened, SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<Joined>(reaction.happened[0]));
    EXPECT_EQ(session.kept_bytes(), 0U);
    EXPECT_THAT(session.emit(event("now")).send, ElementsAre(message(R"(2["now"])")));
}

TEST(ClientSession, AnswersPingsAtOnce) {
    auto session = joined();
    const auto reaction = session.feed({EngineIoType::kPing, "", false}, kStart);
    EXPECT_THAT(reaction.send, ElementsAre(EngineIoPacket{EngineIoType::kPong, "", false}));
}

TEST(ClientSession, GivesTheServerAnIntervalAndATimeout) {
    using std::chrono::milliseconds;
    ClientSession session{"/", "", 1000};
    EXPECT_EQ(session.deadline(), SteadyTime::max());
    (void)session.feed(open_packet(), kStart);
    EXPECT_EQ(session.deadline(), kStart + milliseconds{500});
    (void)session.feed({EngineIoType::kNoop, "", false}, kStart + milliseconds{400});
    EXPECT_EQ(session.deadline(), kStart + milliseconds{900});
}

TEST(ClientSession, HandsOnEventsAndTheirBytes) {
    auto session = joined("/sts");
    const auto plain = session.feed(message(R"(2/sts,["a",{"b":1}])"), kStart);
    ASSERT_THAT(plain.happened, SizeIs(1));
    EXPECT_EQ(std::get<Event>(plain.happened[0]).argument, R"({"b":1})");

    EXPECT_THAT(
        session.feed(message(R"(51-/sts,["a",{"_placeholder":true,"num":0}])"), kStart).happened,
        IsEmpty());
    const auto binary = session.feed(bytes("x"), kStart);

    ASSERT_THAT(binary.happened, SizeIs(1));
    EXPECT_EQ(std::get<Event>(binary.happened[0]).argument, R"({"_placeholder":true,"num":0})");
    EXPECT_THAT(std::get<Event>(binary.happened[0]).attachments, ElementsAre("x"));
}

TEST(ClientSession, HoldsBackWhatComesBeforeItHasJoined) {
    ClientSession session{"/", "", 1000};
    (void)session.feed(open_packet(), kStart);
    EXPECT_THAT(session.feed(message(R"(2["hello"])"), kStart).happened, IsEmpty());

    const auto reaction = session.feed(message("0"), kStart);

    ASSERT_THAT(reaction.happened, SizeIs(2));
    EXPECT_TRUE(std::holds_alternative<Joined>(reaction.happened[0]));
    EXPECT_EQ(std::get<Event>(reaction.happened[1]).name, "hello");
}

TEST(ClientSession, EndsWhenTooMuchComesBeforeItHasJoined) {
    ClientSession session{"/", "", 1000};
    (void)session.feed(open_packet(), kStart);
    const auto text = "2[\"" + std::string(60, 'x') + "\"]";
    EXPECT_EQ(end_of(session.feed(message(text), kStart)), nullptr);
    EXPECT_NE(end_of(session.feed(message(text), kStart)), nullptr);
}

TEST(ClientSession, AnswersWhoAsksForAnAcknowledgement) {
    auto session = joined();
    const auto reaction = session.feed(message(R"(27["a"])"), kStart);
    EXPECT_THAT(reaction.send, ElementsAre(message("37[]")));
    EXPECT_THAT(reaction.happened, SizeIs(1));
}

class Ignored : public testing::TestWithParam<EngineIoPacket> {};

TEST_P(Ignored, ByASessionThatHasJoined) {
    auto session = joined();
    const auto reaction = session.feed(GetParam(), kStart);
    EXPECT_THAT(reaction.send, IsEmpty());
    EXPECT_THAT(reaction.happened, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Table, Ignored,
                         testing::Values(message(R"(2/other,["a"])"), message("1/other,"),
                                         message(R"(4/other,{"message":"no"})"), message("31[]"),
                                         message("0{\"sid\":\"again\"}"), open_packet(),
                                         EngineIoPacket{EngineIoType::kNoop, "", false},
                                         EngineIoPacket{EngineIoType::kPong, "probe", false},
                                         EngineIoPacket{EngineIoType::kUpgrade, "", false}));

struct Ending {
    EngineIoPacket packet;
    ErrorCode code;
    std::string_view message;
};

class Endings : public testing::TestWithParam<Ending> {};

TEST_P(Endings, AreSaid) {
    auto session = joined();
    const auto reaction = session.feed(GetParam().packet, kStart);
    const auto* error = end_of(reaction);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->code(), GetParam().code);
    EXPECT_THAT(error->message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Endings,
    testing::Values(Ending{{EngineIoType::kClose, "", false}, ErrorCode::kUnavailable, "closed"},
                    Ending{message("1"), ErrorCode::kUnavailable, "disconnected"},
                    Ending{message(R"(4{"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}})"),
                           ErrorCode::kProtocol,
                           R"({"message":"AUTH_FAILED","data":{"code":"AUTH_FAILED"}})"},
                    Ending{message("9"), ErrorCode::kProtocol, "packet type"},
                    Ending{message("2[1]"), ErrorCode::kProtocol, "with a name"},
                    Ending{bytes("x"), ErrorCode::kProtocol, "not announced"},
                    Ending{message("2[\"" + std::string(1000, 'x') + "\"]"), ErrorCode::kProtocol,
                           "more than 1000"}));

TEST(ClientSession, EndsOnAHandshakeThatIsNone) {
    ClientSession session{"/", "", 1000};
    EXPECT_NE(end_of(session.feed({EngineIoType::kOpen, "{}", false}, kStart)), nullptr);
}

TEST(ClientSession, DoesNotSendMoreThanTheServerTakes) {
    auto session = joined();
    const auto refused = session.emit(event("a", "\"" + std::string(100, 'x') + "\""));
    ASSERT_NE(end_of(refused), nullptr);
    EXPECT_EQ(end_of(refused)->code(), ErrorCode::kInvalidArgument);

    ClientSession early{"/", "", 1000};
    EXPECT_EQ(end_of(early.emit(event("a", "\"" + std::string(100, 'x') + "\""))), nullptr);
    (void)early.feed(open_packet(), kStart);
    EXPECT_NE(end_of(early.feed(message("0"), kStart)), nullptr);
}

TEST(ClientSession, LeavesWhatItHasEntered) {
    ClientSession session{"/sts", "", 1000};
    EXPECT_THAT(session.leave(), IsEmpty());
    (void)session.feed(open_packet(), kStart);
    const EngineIoPacket close{EngineIoType::kClose, "", false};
    EXPECT_THAT(session.leave(), ElementsAre(close));
    (void)session.feed(message("0/sts,{}"), kStart);
    EXPECT_THAT(session.leave(), ElementsAre(message("1/sts,"), close));
}

}  // namespace
}  // namespace livedub::sio
