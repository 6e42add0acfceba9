// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// When a stream's output is connected, and how long it waits after it was lost. The server is a
// port that nobody listens on; time is turned by hand.

#include "media_session/output.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

namespace livedub {
namespace {

using std::chrono::seconds;

DelayedUnit keyframe() {
    EncodedUnit unit;
    unit.kind = UnitKind::kVideoFrame;
    unit.codec = Codec::kH264;
    unit.is_keyframe = true;
    unit.payload = std::make_shared<const Bytes>(Bytes{0x17, 1, 0, 0, 0, 0});
    return {{StreamTime{}, std::move(unit)}, SteadyTime{}};
}

class OutputToNobody : public testing::Test {
  protected:
    /// Loses connection `number` right away; the wait until the next one.
    seconds lose(std::uint64_t number, seconds lived = seconds{0}) {
        EXPECT_FALSE(output_.reconnect_at().has_value());
        clock_.advance(lived);
        output_.lost(number, Error{ErrorCode::kUnavailable, "lost"}, clock_.now());
        const auto wait = *output_.reconnect_at() - clock_.now();
        clock_.advance(wait - std::chrono::milliseconds{1});
        output_.connect(clock_.now());
        EXPECT_TRUE(output_.reconnect_at().has_value()) << "too early";
        clock_.advance(std::chrono::milliseconds{1});
        output_.connect(clock_.now());
        output_.send(keyframe(), clock_.now());
        return std::chrono::duration_cast<seconds>(wait);
    }

    FakeClock clock_;
    prometheus::Registry registry_;
    MediaMetrics families_{registry_};
    StreamMetrics metrics_{families_, "test"};
    Output output_{"rtmp://127.0.0.1:1/live/test/out", metrics_,
                   [](std::uint64_t, const Error&) {}};  // losses are told by hand
};

TEST_F(OutputToNobody, ConnectsAtOnceAndThenLessAndLessOften) {
    output_.connect(clock_.now());
    output_.send(keyframe(), clock_.now());
    EXPECT_EQ(lose(1), seconds{1});
    EXPECT_EQ(lose(2), seconds{2});
    EXPECT_EQ(lose(3), seconds{4});
    EXPECT_EQ(lose(4), seconds{5});
    EXPECT_EQ(lose(5), seconds{5});
    EXPECT_EQ(metrics_.output_reconnects.Value(), 5);

    EXPECT_EQ(lose(6, seconds{10}), seconds{1}) << "it had been made for a while";
    EXPECT_EQ(lose(7), seconds{2});
}

TEST_F(OutputToNobody, AnOldConnectionsEndIsNoNews) {
    output_.connect(clock_.now());
    EXPECT_EQ(lose(1), seconds{1});
    output_.lost(1, Error{ErrorCode::kUnavailable, "again"}, clock_.now());
    EXPECT_FALSE(output_.reconnect_at().has_value());
}

/// A port that lets connections be made and never answers.
class SilentPort {
  public:
    SilentPort() : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_, any, size), 0);
        EXPECT_EQ(::listen(socket_, 1), 0);
        EXPECT_EQ(::getsockname(socket_, any, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    ~SilentPort() { ::close(socket_); }
    SilentPort(const SilentPort&) = delete;
    SilentPort& operator=(const SilentPort&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  private:
    const int socket_;
    std::uint16_t port_ = 0;
};

TEST_F(OutputToNobody, SaysHowFarSoundAndPictureHaveMovedApart) {
    using std::chrono::milliseconds;
    auto sound = keyframe();
    sound.timed.unit.kind = UnitKind::kAudioFrame;
    sound.timed.unit.codec = Codec::kAac;
    auto config = keyframe();
    config.timed.unit.kind = UnitKind::kVideoConfig;
    const SilentPort silent;  // what is sent stays queued
    Output output{"rtmp://127.0.0.1:" + std::to_string(silent.port()) + "/live/test/out", metrics_,
                  [](std::uint64_t, const Error&) {}};
    output.connect(clock_.now());

    output.send(config, clock_.now());
    output.send(keyframe(), clock_.now());
    output.send(sound, clock_.now());
    EXPECT_EQ(metrics_.av_offset_ms.Value(), 0.0);

    sound.shift = milliseconds{-12};
    output.send(sound, clock_.now());
    EXPECT_EQ(metrics_.av_offset_ms.Value(), -12.0);
    EXPECT_EQ(metrics_.av_sync_delta_ms.Value(), 12.0);

    auto picture = keyframe();
    picture.shift = milliseconds{-12};
    output.send(picture, clock_.now());
    EXPECT_EQ(metrics_.av_offset_ms.Value(), 0.0) << "moved together";
}

}  // namespace
}  // namespace livedub
