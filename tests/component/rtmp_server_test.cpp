// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The media server over loopback: what players get, who may publish, and what happens to peers that
// are late, slow, too many or wrong.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "base/mutex.hpp"
#include "component/rtmp_client.hpp"
#include "net/io_thread.hpp"
#include "rtmp/media_samples.hpp"
#include "rtmp/server.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::rtmp {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing_support::eventually;
using testing_support::RtmpClient;

/// What the application was told, from the io thread.
class Events {
  public:
    void add(std::string event) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        events_.push_back(std::move(event));
    }
    [[nodiscard]] std::vector<std::string> all() const LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return events_;
    }

  private:
    mutable Mutex mutex_;
    std::vector<std::string> events_ LIVEDUB_GUARDED_BY(mutex_);
};

class RtmpServer : public testing::Test {
  protected:
    void start(const std::function<void(ServerConfig&)>& change = {}) {
        ServerConfig config;
        config.host = "127.0.0.1";
        config.port = 0;
        if (change) {
            change(config);
        }
        const ServerEvents events{
            .on_ready =
                [this](const PublisherInfo& publisher) {
                    events_.add("ready " + publisher.path + "?" + publisher.query);
                },
            .on_not_ready =
                [this](const PublisherInfo& publisher) {
                    events_.add("not ready " + publisher.path + "?" + publisher.query);
                },
            .may_use = guard_};
        auto started = Server::start(io_, config, events, registry_);
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    [[nodiscard]] bool has_metric(const std::string& line) const {
        return expose(registry_).find(line + "\n") != std::string::npos;
    }

    /// Configs and a first keyframe at `timestamp_ms`.
    static void send_start(RtmpClient& publisher, std::uint32_t timestamp_ms = 0,
                           std::uint8_t mark = 1) {
        publisher.send(samples::metadata());
        publisher.send(samples::video_config(mark));
        publisher.send(samples::audio_config());
        publisher.send(samples::keyframe(timestamp_ms));
    }

    [[nodiscard]] std::size_t readers() const {
        const auto paths = server_->paths();
        return paths.empty() ? 0 : paths[0].readers.size();
    }

    [[nodiscard]] std::size_t connections() const {
        const auto text = expose(registry_);
        std::size_t count = 0;
        for (auto at = text.find("\nrtmp_conns{"); at != std::string::npos;
             at = text.find("\nrtmp_conns{", at + 1)) {
            ++count;
        }
        return count;
    }

    AccessGuard guard_;  // set before start()
    prometheus::Registry registry_;
    Events events_;
    net::IoThread io_;
    std::unique_ptr<Server> server_;
};

TEST_F(RtmpServer, PassesOnWhatIsPublished) {
    start();
    RtmpClient publisher{port()};
    ASSERT_EQ(publisher.publish("live/demo", "in?lang=es"), "NetStream.Publish.Start");
    RtmpClient player{port()};
    player.play("live", "demo/in");
    ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));

    const std::vector<wire::RtmpMessage> sent = {
        samples::video_config(), samples::audio_config(), samples::keyframe(0xFFFFFFF0U, 200'000),
        samples::audio_frame(0xFFFFFFF8U), samples::inter_frame(0x10U)};
    for (const auto& message : sent) {
        publisher.send(message);
    }

    for (const auto& expected : sent) {
        const auto received = player.receive_media();
        ASSERT_TRUE(received.has_value());
        EXPECT_EQ(received->type, expected.type);
        EXPECT_EQ(received->timestamp_ms, expected.timestamp_ms);
        EXPECT_EQ(received->payload, expected.payload);
    }
    const auto paths = server_->paths();
    ASSERT_EQ(paths.size(), 1U);
    EXPECT_EQ(paths[0].name, "live/demo/in");
    EXPECT_EQ(paths[0].query, "lang=es");
    EXPECT_TRUE(paths[0].is_ready);
    EXPECT_THAT(paths[0].tracks, ElementsAre("H264", "MPEG-4 Audio"));
    EXPECT_EQ(paths[0].readers.size(), 1U);
    EXPECT_GT(paths[0].bytes_received, 200'000U);
    EXPECT_TRUE(eventually([&] { return server_->paths()[0].bytes_sent > 200'000U; }));
    EXPECT_THAT(events_.all(), ElementsAre("ready live/demo/in?lang=es"));
}

TEST_F(RtmpServer, ALatePlayerStartsAtAKeyframeWithConfigs) {
    start();
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher, 0);
    publisher.send(samples::inter_frame(33));
    publisher.send(samples::keyframe(1000));
    publisher.send(samples::audio_frame(1010));
    publisher.send(samples::inter_frame(1033));
    // 4 messages of the start, 4 frames: their bodies
    ASSERT_TRUE(eventually([&] {
        const auto paths = server_->paths();
        return !paths.empty() && paths[0].bytes_received >= 8 * 8 + 3 * 16;
    }));

    RtmpClient player{port()};
    player.play("live/demo", "in");

    std::vector<std::string> got;
    for (int i = 0; i < 6; ++i) {
        const auto message = player.receive_media();
        ASSERT_TRUE(message.has_value()) << i;
        got.push_back(std::to_string(static_cast<int>(message->type)) + "@" +
                      std::to_string(message->timestamp_ms));
    }
    EXPECT_THAT(got, ElementsAre("18@0", "9@1000", "8@1000", "9@1000", "8@1010", "9@1033"));
}

TEST_F(RtmpServer, WhoHasNoKeyIsRefusedAndTheKeyIsNotShown) {
    guard_ = [](const AccessRequest& request, const AccessAnswer& answer) {
        const bool may = credentials_of(request.query).secret == "s3cret";
        answer(may ? Result<void>{} : fail(ErrorCode::kInvalidArgument, "not allowed"));
    };
    start();
    RtmpClient intruder{port()};
    EXPECT_EQ(intruder.publish("live/demo", "in"), "NetStream.Publish.Denied");
    EXPECT_TRUE(intruder.is_closed_by_peer());

    RtmpClient publisher{port()};
    ASSERT_EQ(publisher.publish("live/demo", "in?lang=es&key=s3cret"), "NetStream.Publish.Start");
    send_start(publisher);
    ASSERT_TRUE(eventually([&] { return !events_.all().empty(); }));
    EXPECT_THAT(events_.all(), ElementsAre("ready live/demo/in?lang=es"));
    EXPECT_EQ(server_->paths()[0].query, "lang=es");

    RtmpClient peeper{port()};
    peeper.play("live/demo", "in?key=wrong");
    EXPECT_TRUE(peeper.receive_status("NetStream.Play.Failed"));
    EXPECT_TRUE(peeper.is_closed_by_peer());
    RtmpClient player{port()};
    player.play("live/demo", "in?key=s3cret");
    EXPECT_TRUE(player.receive_status("NetStream.Play.Start"));
    EXPECT_TRUE(has_metric("rtmp_denied_total 2"));
}

/// A guard that answers when the test says so.
class LateGuard {
  public:
    [[nodiscard]] AccessGuard guard() {
        return [this](const AccessRequest&, const AccessAnswer& answer) {
            const MutexLock lock{mutex_};
            waiting_.push_back(answer);
        };
    }
    [[nodiscard]] std::size_t asked() const {
        const MutexLock lock{mutex_};
        return waiting_.size();
    }
    /// On the io thread.
    void answer(std::size_t index, const Result<void>& may) {
        AccessAnswer answer;
        {
            const MutexLock lock{mutex_};
            answer = waiting_.at(index);
        }
        answer(may);
    }

  private:
    mutable Mutex mutex_;
    std::vector<AccessAnswer> waiting_ LIVEDUB_GUARDED_BY(mutex_);
};

TEST_F(RtmpServer, AnAnswerMayComeLater) {
    LateGuard late;
    guard_ = late.guard();
    start();
    RtmpClient publisher{port()};
    publisher.connect_app("live/demo");
    publisher.command("publish", 3, {wire::AmfNull{}, "in", "live"});
    ASSERT_TRUE(eventually([&] { return late.asked() == 1; }));
    EXPECT_TRUE(server_->paths().empty());
    io_.call([&] { late.answer(0, {}); });
    ASSERT_TRUE(publisher.receive_status("NetStream.Publish.Start"));
    send_start(publisher);
    publisher.send(samples::keyframe(1000, 300'000));  // more than is read at once
    EXPECT_TRUE(eventually([&] { return !events_.all().empty(); }));
    EXPECT_TRUE(eventually([&] { return server_->paths()[0].bytes_received > 300'000; }));
}

TEST_F(RtmpServer, AnAnswerMayMissItsClient) {
    LateGuard late;
    guard_ = late.guard();
    start();
    auto gone = std::make_unique<RtmpClient>(port());
    gone->play("live/demo", "in");
    RtmpClient changed{port()};
    changed.play("live/demo", "in");
    ASSERT_TRUE(eventually([&] { return late.asked() == 2; }));
    // One leaves, one changes its mind: both answers find nobody who waits for them.
    gone.reset();
    changed.command("deleteStream", 0, {wire::AmfNull{}, 1.0});
    changed.command("play", 4, {wire::AmfNull{}, "other"});
    ASSERT_TRUE(eventually([&] { return late.asked() == 3 && connections() == 1; }));
    io_.call([&] {
        late.answer(0, {});
        late.answer(1, fail(ErrorCode::kInvalidArgument, "not allowed"));
        late.answer(2, {});
    });
    EXPECT_TRUE(has_metric("rtmp_denied_total 0"));
    ASSERT_TRUE(eventually([&] { return server_->paths().size() == 1; }));
    EXPECT_EQ(server_->paths()[0].name, "live/demo/other");
    EXPECT_EQ(readers(), 1U);
}

TEST_F(RtmpServer, AudioAloneIsPlayable) {
    start();
    RtmpClient publisher{port()};
    publisher.publish("live/radio", "in");
    publisher.send(samples::audio_config());
    publisher.send(samples::audio_frame(0));
    ASSERT_TRUE(eventually([&] { return !events_.all().empty(); }));
    RtmpClient player{port()};
    player.play("live/radio", "in");
    ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));

    publisher.send(samples::audio_frame(23));

    const auto config = player.receive_media();
    const auto frame = player.receive_media();
    ASSERT_TRUE(config.has_value() && frame.has_value());
    EXPECT_EQ(config->payload, samples::audio_config().payload);
    EXPECT_EQ(frame->timestamp_ms, 23U);
    EXPECT_THAT(server_->paths()[0].tracks, ElementsAre("MPEG-4 Audio"));
}

TEST_F(RtmpServer, ASlowPlayerLosesWholeGroupsAndSlowsNobody) {
    start([](ServerConfig& config) {
        config.gop_cache_bytes = 400'000;
        config.player_queue_bytes = 500'000;
        // It loses pictures, not its connection, however long the rest takes.
        config.idle_timeout = std::chrono::seconds{120};
        config.linger_timeout = std::chrono::seconds{60};
    });
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher);
    RtmpClient slow{port(), 4096};
    slow.play("live/demo", "in");
    RtmpClient quick{port()};
    quick.play("live/demo", "in");
    ASSERT_TRUE(quick.receive_status("NetStream.Play.Start"));
    ASSERT_TRUE(eventually([&] { return readers() == 2; }));

    // 30 MB: more than any kernel buffer hides. The publisher goes at the pace of the quick player.
    constexpr std::uint32_t kGroups = 300;
    std::uint32_t seen = 0;
    for (std::uint32_t group = 1; group <= kGroups; ++group) {
        publisher.send(samples::keyframe(group * 1000, 50'000));
        publisher.send(samples::inter_frame(group * 1000 + 500, 50'000));
        while (seen < group * 1000 + 500) {
            const auto message = quick.receive_media();
            ASSERT_TRUE(message.has_value());
            seen = std::max(seen, message->timestamp_ms);
        }
    }
    EXPECT_FALSE(has_metric("rtmp_dropped_gops_total 0"));

    // Only the slow one lost anything, and only from a keyframe to the next.
    publisher.close();
    std::uint32_t last = 0;
    std::size_t received = 0;
    bool expects_keyframe = true;
    while (const auto message = slow.receive_media()) {
        if (message->type != wire::MessageType::kVideo || message->payload[1] == 0) {
            continue;
        }
        const bool is_keyframe = message->payload[0] == 0x17;
        if (expects_keyframe || message->timestamp_ms > last + 500) {
            EXPECT_TRUE(is_keyframe) << message->timestamp_ms;
        }
        expects_keyframe = false;
        last = message->timestamp_ms;
        ++received;
    }
    EXPECT_GT(received, 0U);
    EXPECT_LT(received, 2 * kGroups);
    EXPECT_EQ(slow.status(), "NetStream.Play.Stop");
}

TEST_F(RtmpServer, ANewPublisherTakesOverAndPlayersStay) {
    start();
    RtmpClient first{port()};
    first.publish("live/demo", "in?n=1");
    send_start(first, 50'000, 1);
    RtmpClient player{port()};
    player.play("live/demo", "in");
    ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));
    ASSERT_TRUE(eventually([&] { return events_.all().size() == 1; }));
    const auto first_id = server_->paths()[0].source->id;

    RtmpClient second{port()};
    ASSERT_EQ(second.publish("live/demo", "in?n=2"), "NetStream.Publish.Start");
    second.send(samples::inter_frame(10));  // nobody can decode this
    send_start(second, 20, 2);

    EXPECT_TRUE(first.receive_status("NetStream.Publish.BadName"));
    EXPECT_TRUE(first.is_closed_by_peer());
    std::vector<std::uint32_t> frames;
    std::uint8_t config = 0;
    while (frames.size() < 2) {
        const auto message = player.receive_media();
        ASSERT_TRUE(message.has_value());
        if (message->type == wire::MessageType::kVideo && message->payload[1] == 0) {
            config = message->payload.back();
        } else if (message->type == wire::MessageType::kVideo) {
            frames.push_back(message->timestamp_ms);
        }
    }
    EXPECT_THAT(frames, ElementsAre(50'000, 20));
    EXPECT_EQ(config, 2);
    EXPECT_THAT(events_.all(), ElementsAre("ready live/demo/in?n=1", "not ready live/demo/in?n=1",
                                           "ready live/demo/in?n=2"));
    EXPECT_NE(server_->paths()[0].source->id, first_id);
    EXPECT_TRUE(has_metric("rtmp_publisher_takeovers_total 1"));
}

TEST_F(RtmpServer, PlayersGetTheRestAndThenTheEnd) {
    start();
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher);
    RtmpClient player{port()};
    player.play("live/demo", "in");
    ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));
    for (std::uint32_t i = 1; i <= 100; ++i) {
        publisher.send(samples::inter_frame(i, 20'000));
    }
    publisher.command("FCUnpublish", 6, {wire::AmfNull{}, "in"});
    publisher.command("deleteStream", 7, {wire::AmfNull{}, 1.0});

    std::uint32_t last = 0;
    while (const auto message = player.receive_media()) {
        last = message->timestamp_ms;
    }
    EXPECT_EQ(last, 100U);
    EXPECT_EQ(player.status(), "NetStream.Play.Stop");
    EXPECT_TRUE(player.is_closed_by_peer());
    EXPECT_TRUE(eventually([&] { return server_->paths().empty(); }));
    EXPECT_THAT(events_.all(), ElementsAre("ready live/demo/in?", "not ready live/demo/in?"));
}

TEST_F(RtmpServer, APlayerMayComeBeforeThePublisher) {
    start();
    RtmpClient player{port()};
    player.play("live/demo", "in");
    ASSERT_TRUE(eventually([&] { return readers() == 1; }));
    EXPECT_FALSE(server_->paths()[0].is_ready);
    EXPECT_TRUE(has_metric(R"(paths{name="live/demo/in",state="notReady"} 1)"));

    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher);

    EXPECT_TRUE(player.receive_status("NetStream.Play.Start"));
    EXPECT_TRUE(player.receive_media().has_value());
    EXPECT_TRUE(
        eventually([&] { return has_metric(R"(paths{name="live/demo/in",state="ready"} 1)"); }));
}

TEST_F(RtmpServer, MetadataHasNoTimeAndCuePointsKeepTheirs) {
    start();
    RtmpClient player{port()};  // there before the publisher: nothing is replayed to it
    player.play("live/demo", "in");
    ASSERT_TRUE(eventually([&] { return readers() == 1; }));
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    publisher.send(samples::metadata(7000));
    publisher.send(samples::cue_point(7010));

    const auto metadata = player.receive_media();
    const auto cue_point = player.receive_media();

    ASSERT_TRUE(metadata && cue_point);
    EXPECT_TRUE(wire::is_metadata(metadata->payload));
    EXPECT_EQ(metadata->timestamp_ms, 0U);
    EXPECT_EQ(cue_point->payload, samples::cue_point(0).payload);
    EXPECT_EQ(cue_point->timestamp_ms, 7010U);
}

TEST_F(RtmpServer, APlayerDoesNotWaitForever) {
    start([](ServerConfig& config) { config.play_wait_timeout = milliseconds{100}; });
    RtmpClient player{port()};
    player.play("live/demo", "in");

    EXPECT_TRUE(player.receive_status("NetStream.Play.StreamNotFound"));
    EXPECT_TRUE(player.is_closed_by_peer());
    EXPECT_TRUE(server_->paths().empty());
}

TEST_F(RtmpServer, GarbageClosesItsOwnConnectionOnly) {
    start();
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher);
    RtmpClient player{port()};
    player.play("live/demo", "in");
    ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));

    RtmpClient not_rtmp{port()};
    not_rtmp.send_raw(wire::Bytes{'G', 'E', 'T', ' ', '/'});
    EXPECT_TRUE(not_rtmp.is_closed_by_peer());
    RtmpClient bad_chunk{port()};
    bad_chunk.connect_app("live/x");
    bad_chunk.send_raw(wire::Bytes{0xC9, 0x00});  // continues nothing
    EXPECT_TRUE(bad_chunk.is_closed_by_peer());
    RtmpClient bad_amf{port()};
    bad_amf.publish("live/other", "in");
    bad_amf.send(samples::message(wire::MessageType::kData, 0, {0x02, 0xFF}));
    EXPECT_TRUE(bad_amf.is_closed_by_peer());
    RtmpClient too_long{port()};
    too_long.publish("live/long", "in");
    too_long.send_raw(wire::Bytes{0x06, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9, 1, 0, 0, 0, 0x17});
    publisher.send(samples::inter_frame(40));

    while (const auto message = player.receive_media()) {
        if (message->timestamp_ms == 40) {
            break;
        }
    }
    EXPECT_EQ(player.status(), "NetStream.Play.Start");
    EXPECT_TRUE(eventually([&] { return has_metric("rtmp_conns_malformed_total 3"); }));
}

TEST_F(RtmpServer, MessagesOverTheLimitCloseTheConnection) {
    start([](ServerConfig& config) { config.max_message_bytes = 1000; });
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");

    publisher.send(samples::keyframe(0, 1001));

    EXPECT_TRUE(publisher.is_closed_by_peer());
    EXPECT_TRUE(has_metric("rtmp_conns_malformed_total 1"));
}

TEST_F(RtmpServer, PeersThatDoNothingAreClosed) {
    start([](ServerConfig& config) {
        config.handshake_timeout = milliseconds{50};
        config.first_packet_timeout = milliseconds{60};
    });
    RtmpClient silent{port()};
    RtmpClient only_connects{port()};
    only_connects.connect_app("live/demo");
    RtmpClient publishes_nothing{port()};
    publishes_nothing.publish("live/demo", "in");

    EXPECT_TRUE(silent.is_closed_by_peer());
    EXPECT_TRUE(only_connects.is_closed_by_peer());
    EXPECT_TRUE(publishes_nothing.is_closed_by_peer());
    EXPECT_TRUE(eventually([&] { return has_metric("rtmp_conns_timed_out_total 3"); }));
}

TEST_F(RtmpServer, APublisherThatFallsSilentIsGone) {
    start([](ServerConfig& config) { config.idle_timeout = std::chrono::seconds{1}; });
    RtmpClient publisher{port()};
    publisher.publish("live/demo", "in");
    send_start(publisher);

    EXPECT_TRUE(publisher.is_closed_by_peer());
    EXPECT_THAT(events_.all(), ElementsAre("ready live/demo/in?", "not ready live/demo/in?"));
}

TEST_F(RtmpServer, TakesNoMoreThanItsLimitOfConnections) {
    start([](ServerConfig& config) { config.max_connections = 2; });
    RtmpClient first{port()};
    first.handshake();
    auto second = std::make_unique<RtmpClient>(port());
    second->handshake();

    RtmpClient third{port()};
    EXPECT_TRUE(third.is_closed_by_peer());
    EXPECT_TRUE(has_metric("rtmp_conns_refused_total 1"));

    second.reset();
    EXPECT_TRUE(eventually([&] {
        RtmpClient another{port()};
        return another.publish("live/demo", "in") == "NetStream.Publish.Start";
    }));
}

TEST_F(RtmpServer, AThousandConnectionsComeAndGo) {
    start();
    for (int i = 0; i < 1000; ++i) {
        RtmpClient client{port()};
        switch (i % 4) {
            case 0:  // gone before a word
                break;
            case 1:
                client.handshake();
                break;
            case 2:
                client.publish("live/demo", "in");
                client.send(samples::keyframe(0));
                break;
            default:
                client.play("live/demo", "in");
                break;
        }
    }
    EXPECT_TRUE(eventually([&] { return server_->paths().empty(); }));
    EXPECT_TRUE(
        eventually([&] { return expose(registry_).find("rtmp_conns{") == std::string::npos; }));
}

TEST_F(RtmpServer, EndsWithConnectionsOpen) {
    for (int i = 0; i < 50; ++i) {
        prometheus::Registry registry;
        auto server = Server::start(io_, {.host = "127.0.0.1", .port = 0}, {}, registry);
        ASSERT_TRUE(server.has_value());
        RtmpClient publisher{(*server)->port()};
        publisher.publish("live/demo", "in");
        send_start(publisher);
        RtmpClient player{(*server)->port()};
        player.play("live/demo", "in");
        RtmpClient silent{(*server)->port()};
        if (i % 2 == 0) {
            ASSERT_TRUE(player.receive_status("NetStream.Play.Start"));
        }

        server->reset();

        EXPECT_TRUE(publisher.is_closed_by_peer());
        EXPECT_TRUE(player.is_closed_by_peer());
    }
}

TEST_F(RtmpServer, SaysWhichPortIsInUse) {
    start();
    prometheus::Registry registry;

    const auto second = Server::start(io_, {.host = "127.0.0.1", .port = port()}, {}, registry);

    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(second.error().message(),
                testing::HasSubstr("127.0.0.1:" + std::to_string(port())));
}

}  // namespace
}  // namespace livedub::rtmp
