// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/engine_session.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::sio {
namespace {

using namespace std::chrono_literals;
using wire::EngineIoPacket;
using wire::EngineIoType;
using Heard = EngineSession::Heard;
using Due = EngineSession::Due;

constexpr EngineTimes kTimes{.ping_interval = 25s, .ping_timeout = 10s, .upgrade_timeout = 7s};
constexpr std::size_t kMaxBuffered = 10'000;
const SteadyTime kStart{1000s};

EngineIoPacket make_packet(EngineIoType type, std::string payload = {}) {
    return {.type = type, .payload = std::move(payload)};
}
EngineIoPacket message(std::string payload) {
    return make_packet(EngineIoType::kMessage, std::move(payload));
}
const EngineIoPacket kProbe = make_packet(EngineIoType::kPing, "probe");
const EngineIoPacket kUpgrade = make_packet(EngineIoType::kUpgrade);
const EngineIoPacket kPong = make_packet(EngineIoType::kPong);

class EngineSessionTest : public testing::Test {
  protected:
    /// What a GET gets, one string per packet.
    std::vector<std::string> poll() {
        std::vector<std::string> packets;
        for (const auto& packet : polling_.take_for_poll()) {
            packets.push_back(wire::encode_engineio(packet));
        }
        return packets;
    }
    void send(const std::string& text) { ASSERT_TRUE(polling_.send(message(text))); }
    std::string next_frame() {
        const auto packet = polling_.take_for_web_socket();
        return packet ? wire::encode_engineio(*packet) : "";
    }

    EngineSession polling_{EngineTransport::kPolling, kTimes, kMaxBuffered, kStart};
    EngineSession direct_{EngineTransport::kWebSocket, kTimes, kMaxBuffered, kStart};
};

using Strings = std::vector<std::string>;

TEST_F(EngineSessionTest, APollTakesWhatWaitsInOrder) {
    EXPECT_EQ(poll(), Strings{});
    send("a");
    send("b");
    EXPECT_EQ(poll(), (Strings{"4a", "4b"}));
    EXPECT_EQ(poll(), Strings{});
}

TEST_F(EngineSessionTest, APollTakesNoMoreThanClientsAccept) {
    for (int i = 0; i < 20; ++i) {
        send(std::to_string(i));
    }
    EXPECT_EQ(poll().size(), 16U);
    EXPECT_EQ(poll(), (Strings{"416", "417", "418", "419"}));
}

TEST_F(EngineSessionTest, WhatWaitsIsBoundedButOnePacketIsLetIn) {
    EXPECT_TRUE(polling_.send(message(std::string(2 * kMaxBuffered, 'x'))));
    EXPECT_FALSE(polling_.send(message("")));
    EXPECT_EQ(poll().size(), 1U);
    std::size_t empty_ones = 0;
    while (polling_.send(message(""))) {
        ++empty_ones;
    }
    EXPECT_GT(empty_ones, 100U);
    EXPECT_LT(empty_ones, kMaxBuffered / 32);
}

TEST_F(EngineSessionTest, AnUpgradeLosesAndReordersNothing) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart));
    send("before");
    EXPECT_EQ(poll(), Strings{"4before"});  // not probed yet
    EXPECT_EQ(polling_.hear_candidate(kProbe), Heard::kProbe);
    send("during");
    EXPECT_EQ(poll(), Strings{"6"});
    EXPECT_EQ(next_frame(), "");

    EXPECT_EQ(polling_.hear_candidate(kUpgrade), Heard::kUpgraded);

    send("after");
    EXPECT_EQ(polling_.transport(), EngineTransport::kWebSocket);
    EXPECT_EQ(poll(), Strings{"6"});
    EXPECT_EQ(next_frame(), "4during");
    EXPECT_EQ(next_frame(), "4after");
    EXPECT_EQ(next_frame(), "");
    EXPECT_EQ(polling_.hear(message("late post"), kStart), Heard::kMessage);
}

TEST_F(EngineSessionTest, AnUpgradeThatFailsGoesOnPolling) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart));
    ASSERT_TRUE(polling_.hear_candidate(kProbe).has_value());
    send("a");
    EXPECT_EQ(polling_.next_deadline(), kStart + 7s);
    EXPECT_EQ(polling_.on_time(kStart + 7s), Due::kUpgradeTimeout);
    EXPECT_EQ(poll(), Strings{"4a"});

    EXPECT_TRUE(polling_.begin_upgrade(kStart + 8s));
    polling_.abandon_upgrade();
    EXPECT_TRUE(polling_.begin_upgrade(kStart + 9s));
}

TEST_F(EngineSessionTest, OnlyOneUpgradeAtATimeAndOnlyFromPolling) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart));
    EXPECT_FALSE(polling_.begin_upgrade(kStart));
    EXPECT_FALSE(direct_.begin_upgrade(kStart));
}

TEST_F(EngineSessionTest, ACandidateMustProbeAndSaysNothingElse) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart));
    EXPECT_FALSE(polling_.hear_candidate(kUpgrade).has_value());
    EXPECT_FALSE(polling_.hear_candidate(message("0")).has_value());
    EXPECT_FALSE(polling_.hear_candidate(make_packet(EngineIoType::kPing, "x")).has_value());
    EXPECT_EQ(polling_.transport(), EngineTransport::kPolling);
}

TEST_F(EngineSessionTest, PingsAndWaitsForThePong) {
    EXPECT_EQ(polling_.next_deadline(), kStart + 25s);
    EXPECT_EQ(polling_.on_time(kStart + 24s), Due::kNothing);
    EXPECT_EQ(poll(), Strings{});
    EXPECT_EQ(polling_.on_time(kStart + 25s), Due::kNothing);
    EXPECT_EQ(poll(), Strings{"2"});
    EXPECT_EQ(polling_.next_deadline(), kStart + 35s);

    EXPECT_EQ(polling_.hear(kPong, kStart + 30s), Heard::kNothing);

    EXPECT_EQ(polling_.next_deadline(), kStart + 55s);
}

TEST_F(EngineSessionTest, OnlyAPongIsAPong) {
    EXPECT_EQ(direct_.on_time(kStart + 25s), Due::kNothing);
    EXPECT_EQ(direct_.hear(message("busy"), kStart + 30s), Heard::kMessage);
    EXPECT_EQ(direct_.on_time(kStart + 35s), Due::kPongMissing);
    direct_.extend_pong(kStart + 35s);
    EXPECT_EQ(direct_.next_deadline(), kStart + 45s);
}

TEST_F(EngineSessionTest, NoPingWhileAWebSocketTakesOver) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart + 24s));
    ASSERT_TRUE(polling_.hear_candidate(kProbe).has_value());
    EXPECT_EQ(polling_.on_time(kStart + 26s), Due::kNothing);
    ASSERT_TRUE(polling_.hear_candidate(kUpgrade).has_value());
    EXPECT_EQ(next_frame(), "");
    EXPECT_EQ(polling_.on_time(kStart + 26s), Due::kNothing);
    EXPECT_EQ(next_frame(), "2");
}

TEST_F(EngineSessionTest, FinishingDeliversWhatWaitsAndThenTheEnd) {
    send("last");
    polling_.finish(kStart);
    send("too late");
    EXPECT_FALSE(polling_.is_finished());
    EXPECT_EQ(polling_.hear(message("ignored"), kStart), Heard::kNothing);
    EXPECT_EQ(poll(), (Strings{"4last", "1"}));
    EXPECT_TRUE(polling_.is_finished());
}

TEST_F(EngineSessionTest, FinishingDoesNotWaitForEver) {
    polling_.finish(kStart);
    EXPECT_EQ(polling_.next_deadline(), kStart + 10s);
    EXPECT_EQ(polling_.on_time(kStart + 10s), Due::kFinishTimeout);
}

TEST_F(EngineSessionTest, FinishingEndsAnUpgradeThatIsUnderWay) {
    ASSERT_TRUE(polling_.begin_upgrade(kStart));
    ASSERT_TRUE(polling_.hear_candidate(kProbe).has_value());
    polling_.finish(kStart);
    EXPECT_EQ(poll(), Strings{"1"});
    EXPECT_FALSE(polling_.begin_upgrade(kStart));
}

class PacketsOutOfPlace : public testing::TestWithParam<EngineIoType> {};

TEST_P(PacketsOutOfPlace, AreProtocolErrors) {
    EngineSession session{EngineTransport::kWebSocket, kTimes, kMaxBuffered, kStart};

    const auto heard = session.hear(make_packet(GetParam()), kStart);

    ASSERT_FALSE(heard.has_value());
    EXPECT_EQ(heard.error().code(), ErrorCode::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(Types, PacketsOutOfPlace,
                         testing::Values(EngineIoType::kOpen, EngineIoType::kPing,
                                         EngineIoType::kUpgrade));

TEST_F(EngineSessionTest, TheClientMayLeaveOrSayNothing) {
    EXPECT_EQ(direct_.hear(make_packet(EngineIoType::kClose), kStart), Heard::kClose);
    EXPECT_EQ(direct_.hear(make_packet(EngineIoType::kNoop), kStart), Heard::kNothing);
}

}  // namespace
}  // namespace livedub::sio
