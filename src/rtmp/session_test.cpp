// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/session.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtmp/media_samples.hpp"

namespace livedub::rtmp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::AmfNull;
using wire::AmfValue;

class Recorder final : public SessionListener {
  public:
    void on_publish(const StreamName& name) override {
        events.push_back("publish " + name.path + " " + name.query);
    }
    void on_play(const StreamName& name) override {
        events.push_back("play " + name.path + " " + name.query);
    }
    Result<void> on_media(const wire::RtmpMessage& /*message*/) override {
        events.emplace_back("media");
        return {};
    }
    void on_stop() override { events.emplace_back("stop"); }

    std::vector<std::string> events;
};

class SessionTest : public testing::Test {
  protected:
    void SetUp() override {
        wire::Bytes hello(1 + 2 * wire::kHandshakeSize, 0);
        hello[0] = 3;
        ASSERT_TRUE(session_.feed(hello).has_value());
        EXPECT_EQ(session_.take_output().size(), hello.size());
    }

    Result<void> command(const char* name, double transaction,
                         std::initializer_list<AmfValue> values, std::uint32_t stream = 1) {
        wire::Bytes bytes;
        wire::append_command(bytes, stream, name, transaction, values, wire::kDefaultChunkSize);
        return session_.feed(bytes);
    }

    void connect(const char* app = "live/demo") {
        ASSERT_TRUE(command("connect", 1, {wire::AmfObject{{{"app", app}}}}, 0).has_value());
    }

    /// Everything that went out since the last call, one line a message.
    std::vector<std::string> answers() {
        std::vector<wire::RtmpMessage> messages;
        EXPECT_TRUE(reader_.feed(session_.take_output(), messages).has_value());
        std::vector<std::string> lines;
        for (const auto& message : messages) {
            lines.push_back(line_of(message));
        }
        return lines;
    }

    static std::string line_of(const wire::RtmpMessage& message) {
        if (message.type != wire::MessageType::kCommand) {
            return "type " + std::to_string(static_cast<int>(message.type));
        }
        const auto command = wire::parse_command(message);
        std::string line =
            command->name + " " + std::to_string(static_cast<int>(command->transaction));
        for (const auto& argument : command->arguments) {
            if (const auto* number = argument.number()) {
                line += " " + std::to_string(static_cast<int>(*number));
            }
            const auto* object = argument.object();
            if (object != nullptr && object->find("code") != nullptr) {
                line += " " + *object->find("code")->text();
            }
        }
        return line;
    }

    Recorder recorder_;
    Session session_{recorder_, {}, 1};
    wire::ChunkReader reader_;
};

TEST_F(SessionTest, AnswersConnect) {
    connect();

    EXPECT_THAT(answers(), ElementsAre("type 5", "type 6",  // window, bandwidth; chunk size: 65536
                                       "_result 1 NetConnection.Connect.Success"));
    EXPECT_EQ(reader_.chunk_size(), kOutChunkSize);
}

TEST_F(SessionTest, PublishesTheWayEncodersDo) {
    connect();
    answers();
    ASSERT_TRUE(command("releaseStream", 2, {AmfNull{}, "in"}, 0).has_value());
    ASSERT_TRUE(command("FCPublish", 3, {AmfNull{}, "in"}, 0).has_value());
    ASSERT_TRUE(command("createStream", 4, {AmfNull{}}, 0).has_value());
    EXPECT_THAT(answers(), ElementsAre("_result 2", "_result 3", "_result 4 1"));

    ASSERT_TRUE(command("publish", 5, {AmfNull{}, "in?lang=es", "live"}).has_value());
    EXPECT_THAT(recorder_.events, ElementsAre("publish live/demo/in lang=es"));
    EXPECT_THAT(answers(), ElementsAre());

    session_.accept_publish({.path = "live/demo/in", .query = {}});
    EXPECT_THAT(answers(), ElementsAre("type 4", "onStatus 0 NetStream.Publish.Start"));

    wire::Bytes media;
    wire::append_message(media, wire::ChunkStreamId::kAudio, wire::MessageType::kAudio, 0, 1,
                         samples::audio_frame(0).payload, wire::kDefaultChunkSize);
    ASSERT_TRUE(session_.feed(media).has_value());
    ASSERT_TRUE(command("FCUnpublish", 6, {AmfNull{}, "in"}, 0).has_value());
    ASSERT_TRUE(command("deleteStream", 7, {AmfNull{}, 1.0}, 0).has_value());
    ASSERT_TRUE(session_.feed(media).has_value());  // too late: ignored
    EXPECT_THAT(recorder_.events, ElementsAre("publish live/demo/in lang=es", "media", "stop"));
}

TEST_F(SessionTest, PlaysAndEnds) {
    connect("live");
    ASSERT_TRUE(command("getStreamLength", 3, {AmfNull{}, "demo/in"}, 0).has_value());
    ASSERT_TRUE(command("play", 4, {AmfNull{}, "demo/in", -2000.0}).has_value());
    EXPECT_THAT(recorder_.events, ElementsAre("play live/demo/in "));
    EXPECT_EQ(answers().back(), "_result 3 0");

    session_.accept_play({.path = "live/demo/in", .query = {}});
    EXPECT_THAT(answers(), ElementsAre("type 4", "onStatus 0 NetStream.Play.Reset",
                                       "onStatus 0 NetStream.Play.Start"));
    session_.end_play();
    EXPECT_THAT(answers(), ElementsAre("type 4", "onStatus 0 NetStream.Play.UnpublishNotify",
                                       "onStatus 0 NetStream.Play.Stop"));
}

TEST_F(SessionTest, RefusesBadNames) {
    connect("live");
    answers();

    ASSERT_TRUE(command("publish", 5, {AmfNull{}, "", "live"}).has_value());
    ASSERT_TRUE(command("play", 6, {AmfNull{}, "a b"}).has_value());

    EXPECT_THAT(recorder_.events, ElementsAre());
    EXPECT_THAT(answers(), ElementsAre("onStatus 0 NetStream.Publish.BadName",
                                       "onStatus 0 NetStream.Play.StreamNotFound"));
}

TEST_F(SessionTest, OneStreamForAConnection) {
    connect();
    ASSERT_TRUE(command("publish", 5, {AmfNull{}, "in", "live"}).has_value());
    session_.accept_publish({.path = "live/demo/in", .query = {}});
    answers();

    ASSERT_TRUE(command("play", 6, {AmfNull{}, "out"}).has_value());

    EXPECT_THAT(answers(), ElementsAre("onStatus 0 NetStream.Play.StreamNotFound"));
    EXPECT_EQ(session_.state(), Session::State::kPublishing);
}

TEST_F(SessionTest, AnswersUnknownCommandsThatWantAnAnswer) {
    connect();
    answers();

    ASSERT_TRUE(command("setSomething", 0, {AmfNull{}}).has_value());
    ASSERT_TRUE(command("_checkbw", 8, {AmfNull{}}, 0).has_value());
    ASSERT_TRUE(command("doSomething", 9, {AmfNull{}}).has_value());
    ASSERT_TRUE(command("_result", 10, {AmfNull{}}).has_value());

    EXPECT_THAT(answers(), ElementsAre("_result 8", "_error 9 NetConnection.Call.Failed"));
}

TEST_F(SessionTest, AnswersPings) {
    connect();
    answers();
    wire::Bytes ping;
    wire::append_user_control(ping, {.event = wire::UserEvent::kPingRequest, .value = 77});

    ASSERT_TRUE(session_.feed(ping).has_value());

    wire::Bytes pong;
    wire::append_user_control(pong, {.event = wire::UserEvent::kPingResponse, .value = 77});
    EXPECT_EQ(session_.take_output(), pong);
}

TEST_F(SessionTest, AcknowledgesEveryWindow) {
    connect();
    wire::Bytes window;
    wire::append_window_ack_size(window, 100'000);
    ASSERT_TRUE(session_.feed(window).has_value());
    answers();
    wire::Bytes media;
    wire::append_message(media, wire::ChunkStreamId::kVideo, wire::MessageType::kVideo, 0, 1,
                         wire::Bytes(60'000, 0x27), wire::kDefaultChunkSize);

    ASSERT_TRUE(session_.feed(media).has_value());
    EXPECT_THAT(answers(), ElementsAre());
    ASSERT_TRUE(session_.feed(media).has_value());
    EXPECT_THAT(answers(), ElementsAre("type 3"));
}

TEST_F(SessionTest, RefusesCommandsOutOfOrder) {
    const auto early = command("publish", 5, {AmfNull{}, "in", "live"});
    ASSERT_FALSE(early.has_value());
    EXPECT_THAT(early.error().message(), HasSubstr("before connect"));
}

TEST_F(SessionTest, RefusesASecondConnect) {
    connect();
    EXPECT_FALSE(command("connect", 1, {wire::AmfObject{}}, 0).has_value());
}

TEST_F(SessionTest, RefusesACommandThatIsNoAmf) {
    wire::Bytes bytes;
    wire::append_message(bytes, wire::ChunkStreamId::kCommand, wire::MessageType::kCommand, 0, 0,
                         wire::Bytes{0x02, 0xFF, 0xFF}, wire::kDefaultChunkSize);

    const auto fed = session_.feed(bytes);

    ASSERT_FALSE(fed.has_value());
    EXPECT_EQ(fed.error().code(), ErrorCode::kProtocol);
}

}  // namespace
}  // namespace livedub::rtmp
