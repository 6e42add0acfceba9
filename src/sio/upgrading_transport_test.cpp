// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/asio.hpp"
#include "sio/client_transport.hpp"

namespace livedub::sio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using wire::EngineIoPacket;
using wire::EngineIoType;

/// Keeps what it is given; the test says what comes.
class FakeTransport : public PausableTransport {
  public:
    void open(TransportEvents given) override { events = std::move(given); }
    void send(EngineIoPacket packet) override { sent.push_back(wire::encode_engineio(packet)); }
    [[nodiscard]] std::size_t waiting_bytes() const override { return 0; }
    void finish() override { is_finished = true; }
    void close() override { is_closed = true; }
    void pause(std::function<void()> done) override { on_paused = std::move(done); }

    void receive(std::string frame) { events.on_packet(*wire::decode_engineio(std::move(frame))); }

    TransportEvents events;
    std::vector<std::string> sent;
    std::function<void()> on_paused;
    bool is_finished = false;
    bool is_closed = false;
};

class UpgradingTransport : public testing::Test {
  protected:
    void SetUp() override {
        upgrading_->open(
            {.on_ready = [] {},
             .on_packet =
                 [this](const EngineIoPacket& packet) {
                     received_.push_back(wire::encode_engineio(packet));
                 },
             .on_written = [] {},
             .on_failed = [this](const Error& error) { failed_.push_back(error.message()); }});
    }

    void offer(std::string_view upgrades) {
        polling_->receive(R"(0{"sid":"s 1","upgrades":)" + std::string{upgrades} +
                          R"(,"pingInterval":25000,"pingTimeout":10000})");
        received_.clear();
    }

    void send(std::string payload) {
        upgrading_->send({EngineIoType::kMessage, std::move(payload), false});
    }

    net::asio::io_context context_;
    std::shared_ptr<FakeTransport> polling_ = std::make_shared<FakeTransport>();
    std::shared_ptr<FakeTransport> websocket_ = std::make_shared<FakeTransport>();
    std::string sid_;
    std::shared_ptr<ClientTransport> upgrading_ = make_upgrading_transport(
        context_, polling_,
        [this](std::string sid) {
            sid_ = std::move(sid);
            return websocket_;
        },
        std::chrono::milliseconds{1});
    std::vector<std::string> received_;
    std::vector<std::string> failed_;
};

TEST_F(UpgradingTransport, KeepsToPollingWhenNothingElseIsOffered) {
    offer(R"(["webtransport"])");
    send("a");
    EXPECT_THAT(polling_->sent, ElementsAre("4a"));
    EXPECT_EQ(sid_, "");
}

TEST_F(UpgradingTransport, ChangesOverWithoutLosingOrReordering) {
    offer(R"(["websocket"])");
    EXPECT_EQ(sid_, "s 1");
    send("before");
    websocket_->events.on_ready();
    EXPECT_THAT(websocket_->sent, ElementsAre("2probe"));
    send("while probing");
    websocket_->receive("3probe");
    ASSERT_TRUE(polling_->on_paused);
    send("while pausing");
    polling_->receive("4last polled");
    EXPECT_THAT(polling_->sent, ElementsAre("4before", "4while probing"));
    EXPECT_GT(upgrading_->waiting_bytes(), 0U);

    polling_->on_paused();
    send("after");
    websocket_->receive("4first framed");

    EXPECT_THAT(websocket_->sent, ElementsAre("2probe", "5", "4while pausing", "4after"));
    EXPECT_THAT(received_, ElementsAre("4last polled", "4first framed"));
    EXPECT_EQ(upgrading_->waiting_bytes(), 0U);
}

TEST_F(UpgradingTransport, GoesOnPollingWhenTheProbeFails) {
    offer(R"(["websocket"])");
    websocket_->events.on_failed({ErrorCode::kUnavailable, "refused"});
    send("a");
    EXPECT_THAT(polling_->sent, ElementsAre("4a"));
    EXPECT_TRUE(websocket_->is_closed);
    EXPECT_FALSE(polling_->is_closed);
    EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(UpgradingTransport, GoesOnPollingWhenTheProbeIsNotAnswered) {
    offer(R"(["websocket"])");
    websocket_->events.on_ready();
    context_.run();  // until the time is up
    EXPECT_TRUE(websocket_->is_closed);
    EXPECT_THAT(failed_, IsEmpty());
    websocket_->receive("3probe");
    EXPECT_FALSE(polling_->on_paused);
}

TEST_F(UpgradingTransport, FailsWhenPollingDoesNotComeToAnEnd) {
    offer(R"(["websocket"])");
    websocket_->receive("3probe");
    context_.run();
    EXPECT_THAT(failed_, ElementsAre("the upgrade to WebSocket was not completed"));
    EXPECT_TRUE(polling_->is_closed);
}

TEST_F(UpgradingTransport, FailsOnceWithTheTransportInUse) {
    offer(R"(["websocket"])");
    websocket_->receive("3probe");
    polling_->on_paused();
    websocket_->events.on_failed({ErrorCode::kUnavailable, "broken"});
    polling_->events.on_failed({ErrorCode::kUnavailable, "late"});
    EXPECT_THAT(failed_, ElementsAre("broken"));
}

TEST_F(UpgradingTransport, FinishesOnTheTransportInUse) {
    offer(R"(["websocket"])");
    upgrading_->finish();
    EXPECT_TRUE(polling_->is_finished);
    EXPECT_TRUE(websocket_->is_closed);
    polling_->receive("4late");
    EXPECT_THAT(received_, IsEmpty());
}

}  // namespace
}  // namespace livedub::sio
