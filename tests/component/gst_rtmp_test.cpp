// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Egress and ingest through the real server: what is pushed on one side arrives on the other, byte
// for byte and stamp for stamp.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "component/gst_audio.hpp"
#include "gst/rtmp_egress.hpp"
#include "gst/rtmp_ingest.hpp"
#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "rtmp/server.hpp"

namespace livedub::gst {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Sent {
    EncodedUnit unit;
    std::uint32_t timestamp_ms = 0;
};

SharedBytes bytes_of(Bytes bytes) {
    return std::make_shared<const Bytes>(std::move(bytes));
}

Sent video_config() {
    return {{.kind = UnitKind::kVideoConfig,
             .codec = Codec::kH264,
             .payload = bytes_of({0x17, 0, 0,    0,    0, 1,    0x64, 0, 0x1F, 0xFF, 0xE1,
                                  0,    4, 0x67, 0x64, 0, 0x1F, 1,    0, 2,    0x68, 0xEE})}};
}

Sent audio_config() {
    return {
        {.kind = UnitKind::kAudioConfig, .codec = Codec::kAac, .payload = bytes_of({0x12, 0x10})}};
}

/// A frame with one NAL unit of `size` bytes that differ from frame to frame.
Sent video_frame(std::uint32_t timestamp_ms, bool is_keyframe, std::size_t size) {
    Bytes body{static_cast<std::uint8_t>(is_keyframe ? 0x17 : 0x27), 1, 0, 0, 33};
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        body.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    body.push_back(is_keyframe ? 0x65 : 0x41);
    for (std::size_t i = 1; i < size; ++i) {
        body.push_back(static_cast<std::uint8_t>(i * 31U + timestamp_ms));
    }
    return {{.kind = UnitKind::kVideoFrame,
             .codec = Codec::kH264,
             .is_keyframe = is_keyframe,
             .timestamp_ms = timestamp_ms,
             .composition_offset_ms = 33,
             .payload = bytes_of(std::move(body))},
            timestamp_ms};
}

Sent audio_frame(std::uint32_t timestamp_ms) {
    return {{.kind = UnitKind::kAudioFrame,
             .codec = Codec::kAac,
             .timestamp_ms = timestamp_ms,
             .payload = bytes_of(Bytes(300, static_cast<std::uint8_t>(timestamp_ms)))},
            timestamp_ms};
}

class GstRtmp : public testing::Test {
  protected:
    explicit GstRtmp(milliseconds play_wait = std::chrono::seconds{10}) {
        auto server = rtmp::Server::start(
            io_, {.host = "127.0.0.1", .port = 0, .play_wait_timeout = play_wait}, {}, registry_);
        EXPECT_TRUE(server.has_value()) << server.error().message();
        server_ = *std::move(server);
    }

    [[nodiscard]] std::string url() const {
        return "rtmp://127.0.0.1:" + std::to_string(server_->port()) + "/live/demo/in?key=1";
    }

    /// Until the server knows a player of the path, or a publisher.
    template <typename Predicate>
    [[nodiscard]] bool wait_for_path(const Predicate& predicate) const {
        const auto deadline = steady_clock::now() + std::chrono::seconds{10};
        while (steady_clock::now() < deadline) {
            for (const auto& path : server_->paths()) {
                if (predicate(path)) {
                    return true;
                }
            }
            std::this_thread::yield();
        }
        return false;
    }

    std::unique_ptr<RtmpIngest> play(Collector<IngestItem>& items) {
        auto ingest = RtmpIngest::start(url(), items.callback());
        EXPECT_TRUE(ingest.has_value()) << ingest.error().message();
        EXPECT_TRUE(wait_for_path([](const auto& path) { return !path.readers.empty(); }));
        return *std::move(ingest);
    }

    std::unique_ptr<RtmpEgress> publish(const std::vector<Sent>& units) {
        auto egress = RtmpEgress::start(url(), ends_.callback());
        EXPECT_TRUE(egress.has_value()) << egress.error().message();
        for (const auto& sent : units) {
            EXPECT_TRUE(
                push_patiently([&] { return (*egress)->push(sent.unit, sent.timestamp_ms); }));
        }
        return *std::move(egress);
    }

    prometheus::Registry registry_;
    net::IoThread io_;
    std::unique_ptr<rtmp::Server> server_;
    Collector<Error> ends_;
};

void expect_same(const std::vector<IngestItem>& items, const std::vector<Sent>& sent) {
    ASSERT_GE(items.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const auto* const arrived = std::get_if<ArrivedUnit>(&items[i]);
        ASSERT_NE(arrived, nullptr) << "end instead of unit " << i;
        EXPECT_EQ(arrived->unit.kind, sent[i].unit.kind) << i;
        EXPECT_EQ(arrived->unit.codec, sent[i].unit.codec) << i;
        EXPECT_EQ(arrived->unit.is_keyframe, sent[i].unit.is_keyframe) << i;
        EXPECT_EQ(arrived->unit.timestamp_ms, sent[i].timestamp_ms) << i;
        EXPECT_EQ(arrived->unit.composition_offset_ms, sent[i].unit.composition_offset_ms) << i;
        EXPECT_EQ(*arrived->unit.payload, *sent[i].unit.payload) << i;
    }
}

TEST_F(GstRtmp, CarriesBytesAndTimesUnchanged) {
    std::vector<Sent> sent{video_config(), audio_config()};
    for (std::uint32_t i = 0; i < 60; ++i) {
        // Keyframes larger than a chunk, larger than a socket buffer too.
        sent.push_back(video_frame(1'000 + i * 33, i % 30 == 0, i % 30 == 0 ? 400'000 : 3'000));
        sent.push_back(audio_frame(1'000 + i * 33 + 5));
    }
    Collector<IngestItem> items;
    const auto ingest = play(items);

    const auto egress = publish(sent);
    ASSERT_TRUE(items.wait_for(sent.size()));
    egress->finish();
    ASSERT_TRUE(items.wait_for(sent.size() + 1));

    expect_same(items.items(), sent);
    const auto all = items.items();
    ASSERT_EQ(all.size(), sent.size() + 1);
    const auto* const end = std::get_if<IngestEnd>(&all.back());
    ASSERT_NE(end, nullptr);
    EXPECT_FALSE(end->error.has_value()) << end->error->message();
    EXPECT_TRUE(ends_.items().empty());
}

TEST_F(GstRtmp, KeepsTimesAcrossWrapAndJumps) {
    std::vector<Sent> sent{video_config(), audio_config()};
    const std::vector<std::uint32_t> times{
        40,         80,         5'000,      100, 0xFFFFF0, 0xFFFFFF, 0x1000010,  0x7FFFFFF0,
        0x80000010, 0xFFFFFFF0, 0xFFFFFFFF, 16,  56,       30,       0xFFFFFFF8, 20};
    for (const auto time : times) {
        sent.push_back(video_frame(time, true, 100));
        sent.push_back(audio_frame(time));
    }
    Collector<IngestItem> items;
    const auto ingest = play(items);

    const auto egress = publish(sent);

    ASSERT_TRUE(items.wait_for(sent.size()));
    expect_same(items.items(), sent);
}

TEST_F(GstRtmp, SendsMetadataOnce) {
    // onMetaData, {} - as it comes out of the ingest again, without the @setDataFrame it travels
    // in.
    Sent metadata{{.payload = bytes_of({2,   0,   10, 'o', 'n', 'M', 'e', 't', 'a', 'D', 'a',
                                        't', 'a', 8,  0,   0,   0,   0,   0,   0,   9})}};
    const std::vector<Sent> sent{metadata, video_config(), video_frame(0, true, 100)};
    Collector<IngestItem> items;
    const auto ingest = play(items);

    const auto egress = publish(sent);

    ASSERT_TRUE(items.wait_for(sent.size()));
    expect_same(items.items(), sent);
}

TEST_F(GstRtmp, FinishDeliversWhatWasPushed) {
    std::vector<Sent> sent{video_config(), audio_config()};
    for (std::uint32_t i = 0; i < 20; ++i) {
        sent.push_back(video_frame(i * 40, i == 0, 100'000));
    }
    Collector<IngestItem> items;
    const auto ingest = play(items);

    publish(sent)->finish();  // at once, with nearly everything still queued

    // rtmp2src can lose the one message that is right in front of the end of the stream.
    ASSERT_TRUE(items.wait_for(sent.size()));
    sent.pop_back();
    expect_same(items.items(), sent);
}

TEST_F(GstRtmp, TellsOfALostConnection) {
    const std::vector<Sent> sent{video_config(), audio_config(), video_frame(0, true, 100)};
    Collector<IngestItem> items;
    const auto ingest = play(items);
    const auto egress = publish(sent);
    ASSERT_TRUE(items.wait_for(sent.size()));

    server_.reset();

    ASSERT_TRUE(ends_.wait_for(1));
    EXPECT_EQ(ends_.items().front().code(), ErrorCode::kUnavailable);
    EXPECT_FALSE(egress->push(sent[2].unit, 40));
    ASSERT_TRUE(items.wait_for(sent.size() + 1));
    EXPECT_TRUE(std::holds_alternative<IngestEnd>(items.items().back()));
}

TEST_F(GstRtmp, CyclesWithLiveConnections) {
    const std::vector<Sent> sent{video_config(), audio_config(), video_frame(0, true, 100)};
    for (int i = 0; i < 30; ++i) {
        Collector<IngestItem> items;
        const auto ingest = play(items);
        const auto egress = publish(sent);
        ASSERT_TRUE(items.wait_for(sent.size())) << "cycle " << i;
    }
}

/// Stands between one client and the server, and tells the client nothing of the server's end.
class Relay {
  public:
    explicit Relay(std::uint16_t server_port)
        : acceptor_{context_, {net::asio::ip::address_v4::loopback(), 0}},
          there_{std::thread{[this, server_port] {
              acceptor_.accept(near_);
              far_.connect({net::asio::ip::address_v4::loopback(), server_port});
              back_ = std::thread{[this] { copy(far_, near_); }};
              copy(near_, far_);
          }}} {}
    ~Relay() {
        net::error_code ignored;
        near_.shutdown(net::Tcp::socket::shutdown_both, ignored);
        far_.shutdown(net::Tcp::socket::shutdown_both, ignored);
        there_.join();
        back_.join();
    }
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    [[nodiscard]] std::string url() const {
        return "rtmp://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) +
               "/live/demo/in";
    }

  private:
    static void copy(net::Tcp::socket& from, net::Tcp::socket& to) {
        std::array<char, 4096> bytes{};
        net::error_code error;
        for (auto size = from.receive(net::asio::buffer(bytes), 0, error); !error;
             size = from.receive(net::asio::buffer(bytes), 0, error)) {
            to.send(net::asio::buffer(bytes, size), 0, error);
        }
    }

    net::asio::io_context context_;
    net::Tcp::acceptor acceptor_;
    net::Tcp::socket near_{context_};
    net::Tcp::socket far_{context_};
    std::thread back_;
    std::thread there_;
};

/// Sockets and what wakes them. Others open files, too, but not between two looks.
std::ptrdiff_t open_files() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

class GstRtmpImpatient : public GstRtmp {
  protected:
    GstRtmpImpatient() : GstRtmp{milliseconds{300}} {}

    /// Begins to play what nobody publishes, and leaves while the server still waits.
    void play_and_leave() {
        Collector<IngestItem> items;
        (void)play(items);
    }

    template <typename Predicate>
    [[nodiscard]] static bool comes_true(const Predicate& predicate) {
        const auto deadline = steady_clock::now() + std::chrono::seconds{20};
        while (!predicate() && steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return predicate();
    }
};

TEST_F(GstRtmpImpatient, LeavingBeforeTheServerHasAnsweredLeavesNothingOpen) {
    play_and_leave();  // what GStreamer opens once
    ASSERT_TRUE(comes_true([this] { return server_->paths().empty(); }));
    const auto before = open_files();
    for (int i = 0; i < 5; ++i) {
        play_and_leave();
    }
    EXPECT_TRUE(comes_true([before] { return open_files() <= before; }))
        << open_files() << " files, " << before << " before";
}

TEST_F(GstRtmpImpatient, ARefusalLeavesNothingOpenThoughTheConnectionIsNotClosed) {
    play_and_leave();
    ASSERT_TRUE(comes_true([this] { return server_->paths().empty(); }));
    const auto before = open_files();
    for (int i = 0; i < 5; ++i) {
        const Relay relay{server_->port()};
        Collector<IngestItem> items;
        const auto ingest = RtmpIngest::start(relay.url(), items.callback());
        ASSERT_TRUE(ingest.has_value());
        ASSERT_TRUE(items.wait_for(1));
        EXPECT_TRUE(std::holds_alternative<IngestEnd>(items.items().front()));
    }
    EXPECT_TRUE(comes_true([before] { return open_files() <= before; }))
        << open_files() << " files, " << before << " before";
}

TEST_F(GstRtmp, LeavingBeforeTheServerHasAnsweredEndsWithTheFirstTag) {
    {
        Collector<IngestItem> items;
        (void)play(items);
    }
    const auto egress = publish({video_config(), audio_config(), video_frame(0, true, 100)});
    EXPECT_TRUE(
        wait_for_path([](const auto& path) { return path.is_ready && path.readers.empty(); }));
}

}  // namespace
}  // namespace livedub::gst
