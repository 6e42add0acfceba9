// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The built-in media server: RTMP publish and play for any path of two or more parts. A path has
// one publisher (a newer one replaces it, players stay) and any number of players; a player that is
// too slow loses whole groups of pictures and slows nobody. Knows nothing of dubbing: the
// application hears of ready paths through ServerEvents.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prometheus/registry.h>

#include "base/result.hpp"
#include "rtmp/access.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::rtmp {

struct ServerConfig {
    std::string host = "0.0.0.0";
    std::uint16_t port = 1935;  // 0: any free one, see Server::port()

    std::size_t max_connections = 1000;
    std::size_t max_message_bytes = std::size_t{16} << 20U;
    /// From accept to the end of the handshake.
    std::chrono::milliseconds handshake_timeout{5'000};
    /// From the handshake to publish or play, and from publish to the first packet.
    std::chrono::milliseconds first_packet_timeout{10'000};
    /// How long a player waits on a path that nobody publishes.
    std::chrono::milliseconds play_wait_timeout{10'000};
    /// A publisher that sends nothing, and a player that takes nothing, for so long is gone.
    std::chrono::milliseconds idle_timeout{30'000};
    /// What the last bytes (a refusal, the end of a stream) may take before the socket closes.
    std::chrono::milliseconds linger_timeout{5'000};

    /// Held for players that join late. When a group of pictures outgrows either, they wait for the
    /// next keyframe instead.
    std::size_t gop_cache_bytes = std::size_t{8} << 20U;
    std::chrono::milliseconds gop_cache_duration{20'000};
    /// Queued for one player before it loses groups of pictures. Payloads are shared between
    /// players. Must be larger than gop_cache_bytes.
    std::size_t player_queue_bytes = std::size_t{12} << 20U;
};

struct PublisherInfo {
    std::string path;   // "live/demo/in"
    std::string query;  // of the publish URL, without '?' and without credentials
    std::string source_type;
    std::string source_id;
};

/// Called on the io thread; must not block.
struct ServerEvents {
    /// The path can be played: its first frame, or the configs of audio and video, are here.
    std::function<void(const PublisherInfo&)> on_ready;
    /// The publisher that was ready is gone, or another one took the path over.
    std::function<void(const PublisherInfo&)> on_not_ready;
    /// Asked before anybody publishes or plays; unset: everybody may.
    AccessGuard may_use{};
};

struct PeerInfo {
    std::string type;
    std::string id;
};

struct PathInfo {
    std::string name;
    std::string query;
    std::optional<PeerInfo> source;
    bool is_ready = false;
    std::optional<std::chrono::system_clock::time_point> ready_time;
    std::vector<std::string> tracks;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::vector<PeerInfo> readers;
};

class Server {
  public:
    /// Listens and serves until destruction. `io`, and what the events touch, outlive the server;
    /// `registry` gets the server's metric families and outlives it too.
    ///
    /// Errors: kUnavailable (port in use) and kInvalidArgument (no such address, limits that
    /// contradict each other), with address and port.
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(net::IoThread& io,
                                                               ServerConfig config,
                                                               ServerEvents events,
                                                               prometheus::Registry& registry);

    /// Closes every connection at once and returns when no event can be called any more. Not on the
    /// io thread.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Paths that somebody publishes or waits for, by name. Any thread but one that the io thread
    /// waits for.
    [[nodiscard]] std::vector<PathInfo> paths() const;

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::rtmp
