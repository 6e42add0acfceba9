// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who is connected, who publishes what, who plays it. Lives on the io thread and nowhere else. A
// Hub owns its connections; a connection knows its hub until either ends.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "net/asio.hpp"
#include "rtmp/gop_cache.hpp"
#include "rtmp/rtmp_metrics.hpp"
#include "rtmp/server.hpp"
#include "rtmp/stream_name.hpp"

namespace livedub::rtmp {

class Connection;

/// A name that somebody publishes or plays.
struct Path {
    Path(std::string path_name, Metrics& metrics, const GopLimits& limits)
        : name{std::move(path_name)},
          cache{limits},
          gop_limits{limits},
          series{metrics.paths, metrics.path_bytes_received, metrics.path_bytes_sent, "name",
                 name} {
        series.set_state("notReady");
    }

    std::string name;
    std::string query;
    Connection* publisher = nullptr;
    std::optional<std::chrono::system_clock::time_point> ready_time;  // set while ready
    std::vector<Connection*> players;                                 // waiting ones too
    GopCache cache;
    GopLimits gop_limits;
    Series series;
};

class Hub : public std::enable_shared_from_this<Hub> {
  public:
    Hub(net::asio::io_context& context, ServerConfig config, ServerEvents events,
        prometheus::Registry& registry);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Begins to look after deadlines. Once.
    void start() { schedule_tick(); }
    /// Takes a new connection, or closes it when there are too many.
    void add(net::Tcp::socket socket);
    /// Closes everything. The hub takes no more connections, calls no event and touches no metric.
    void close();

    [[nodiscard]] std::vector<PathInfo> paths() const;

    // From connections: what their peers want. Begins it if they may, at once or once that is
    // known.
    void request(Connection& connection, Access access, const StreamName& name);
    [[nodiscard]] Result<void> media(Connection& publisher, const wire::RtmpMessage& message);
    /// After a batch of media(): has all players write.
    static void flush(Path& path);
    /// The connection neither publishes nor plays any more.
    void leave(Connection& connection);
    /// The connection is closed; it is destroyed once its last handler has returned.
    void remove(Connection& connection);

    [[nodiscard]] const ServerConfig& config() const noexcept { return config_; }
    [[nodiscard]] Metrics& metrics() noexcept { return metrics_; }

  private:
    [[nodiscard]] Path& path_named(const std::string& name);
    [[nodiscard]] std::string make_id();
    [[nodiscard]] static PublisherInfo info_of(const Path& path);
    void begin(Connection& connection, Access access, const StreamName& name);
    void publish(Connection& connection, const StreamName& name);
    void play(Connection& connection, const StreamName& name);
    void set_ready(Path& path);
    void set_not_ready(Path& path);
    void drop_if_unused(Path& path);
    void schedule_tick();
    void tick();

    // Constant after construction.
    const ServerConfig config_;
    const ServerEvents events_;
    net::asio::io_context& context_;

    Metrics metrics_;
    std::mt19937_64 random_;
    net::asio::steady_timer timer_;
    bool is_closed_ = false;
    std::map<std::string, std::unique_ptr<Path>> paths_;
    std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
};

}  // namespace livedub::rtmp
