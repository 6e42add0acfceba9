// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/hub.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rtmp/connection.hpp"
#include "telemetry/log.hpp"

namespace livedub::rtmp {
namespace {

constexpr const char* kPeerType = "rtmpConn";

GopLimits gop_limits(const ServerConfig& config) {
    return {.bytes = config.gop_cache_bytes,
            .duration_ms = static_cast<std::uint32_t>(config.gop_cache_duration.count())};
}

std::uint64_t seed_from_system() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32U | device();
}

}  // namespace

Hub::Hub(net::asio::io_context& context, ServerConfig config, ServerEvents events,
         prometheus::Registry& registry)
    : config_{std::move(config)},
      events_{std::move(events)},
      context_{context},
      metrics_{registry},
      random_{seed_from_system()},
      timer_{context} {}

Hub::~Hub() = default;

void Hub::add(net::Tcp::socket socket) {
    if (is_closed_) {
        return;
    }
    if (connections_.size() >= config_.max_connections) {
        metrics_.refused.Increment();
        logger("rtmp")->warn("refused reason=\"{} connections are open\"", connections_.size());
        return;
    }
    auto connection = std::make_shared<Connection>(*this, std::move(socket), make_id(), random_());
    auto& added = *connection;
    connections_.emplace(&added, std::move(connection));
    added.start();
}

void Hub::close() {
    is_closed_ = true;
    timer_.cancel();
    while (!connections_.empty()) {
        const auto connection = connections_.begin()->second;
        connection->close();
    }
}

std::vector<PathInfo> Hub::paths() const {
    std::vector<PathInfo> infos;
    infos.reserve(paths_.size());
    for (const auto& [name, path] : paths_) {
        auto& info = infos.emplace_back();
        info.name = name;
        info.query = path->query;
        if (path->publisher != nullptr) {
            info.source = PeerInfo{.type = kPeerType, .id = path->publisher->id()};
        }
        info.is_ready = path->ready_time.has_value();
        info.ready_time = path->ready_time;
        info.tracks = path->cache.tracks();
        info.bytes_received = path->series.received();
        info.bytes_sent = path->series.sent();
        for (const auto* player : path->players) {
            info.readers.push_back({.type = kPeerType, .id = player->id()});
        }
    }
    return infos;
}

void Hub::request(Connection& connection, Access access, const StreamName& name) {
    if (!events_.may_use) {
        begin(connection, access, name);
        return;
    }
    const AccessRequest request{.access = access,
                                .path = name.path,
                                .query = name.query,
                                .peer = connection.peer_address(),
                                .connection_id = connection.id()};
    connection.wait_for_access(name);
    events_.may_use(
        request, [this, hub = weak_from_this(), weak = connection.weak_from_this(),
                  number = connection.request_number(), access, name](const Result<void>& may) {
            const auto alive = hub.lock();
            const auto asking = weak.lock();
            if (alive == nullptr || is_closed_ || asking == nullptr ||
                !asking->still_waits_for_access(number)) {
                return;
            }
            if (may) {
                begin(*asking, access, name);
                asking->flush();
                return;
            }
            metrics_.denied.Increment();
            asking->refuse(
                access == Access::kPublish ? "NetStream.Publish.Denied" : "NetStream.Play.Failed",
                may.error().message());
        });
}

void Hub::begin(Connection& connection, Access access, const StreamName& name) {
    if (access == Access::kPublish) {
        publish(connection, name);
    } else {
        play(connection, name);
    }
}

void Hub::publish(Connection& connection, const StreamName& name) {
    auto& path = path_named(name.path);
    auto* const old = path.publisher;
    if (old != nullptr) {
        metrics_.takeovers.Increment();
        set_not_ready(path);
    }
    path.publisher = &connection;  // first: whatever closes below, somebody is on the path
    path.query = without_credentials_in_query(name.query);
    path.cache = GopCache{path.gop_limits};
    if (old != nullptr) {
        old->leave_path();
        old->replace_publish();
    }
    connection.accept_publish(path, name);
    const auto players = path.players;  // one that breaks while it is written to leaves the list
    for (auto* const player : players) {
        if (player->role() == Connection::Role::kPlayer) {
            player->restart_play();
        } else if (player->role() == Connection::Role::kWaitingPlayer) {
            player->accept_play({});
        }
    }
}

void Hub::play(Connection& connection, const StreamName& name) {
    auto& path = path_named(name.path);
    path.players.push_back(&connection);
    connection.wait_to_play(path, name);
    if (path.publisher != nullptr) {
        connection.accept_play(path.cache.replay());
    }
}

Result<void> Hub::media(Connection& publisher, const wire::RtmpMessage& message) {
    auto& path = *publisher.path();
    path.series.add_received(message.payload.size());
    auto media = make_media(message);
    if (!media) {
        return tl::unexpected{std::move(media).error()};
    }
    if (*media == nullptr) {
        return {};
    }
    path.cache.add(*media);
    for (auto* const player : path.players) {
        player->push(*media);
    }
    if (!path.ready_time && path.cache.is_playable()) {
        set_ready(path);
    }
    return {};
}

void Hub::flush(Path& path) {
    // By index: a player whose connection breaks while it writes leaves the list.
    for (std::size_t i = path.players.size(); i > 0; --i) {
        if (i <= path.players.size()) {
            path.players[i - 1]->flush();
        }
    }
}

void Hub::leave(Connection& connection) {
    auto* const path = connection.path();
    if (path == nullptr) {
        return;
    }
    connection.leave_path();
    if (path->publisher != &connection) {
        std::erase(path->players, &connection);
        drop_if_unused(*path);
        return;
    }
    set_not_ready(*path);
    path->publisher = nullptr;
    path->query.clear();
    path->cache = GopCache{path->gop_limits};
    for (auto* const player : std::exchange(path->players, {})) {
        player->leave_path();
        player->end_play();
    }
    drop_if_unused(*path);
}

void Hub::remove(Connection& connection) {
    connections_.erase(&connection);
}

Path& Hub::path_named(const std::string& name) {
    auto& path = paths_[name];
    if (path == nullptr) {
        path = std::make_unique<Path>(name, metrics_, gop_limits(config_));
    }
    return *path;
}

void Hub::drop_if_unused(Path& path) {
    if (path.publisher == nullptr && path.players.empty()) {
        paths_.erase(std::string{path.name});
    }
}

PublisherInfo Hub::info_of(const Path& path) {
    return {.path = path.name,
            .query = path.query,
            .source_type = kPeerType,
            .source_id = path.publisher->id()};
}

void Hub::set_ready(Path& path) {
    path.ready_time = std::chrono::system_clock::now();
    path.series.set_state("ready");
    logger("rtmp")->info("ready path={} tracks=\"{}\"", path.name,
                         fmt::join(path.cache.tracks(), ", "));
    if (events_.on_ready) {
        events_.on_ready(info_of(path));
    }
}

void Hub::set_not_ready(Path& path) {
    if (!path.ready_time) {
        return;
    }
    path.ready_time.reset();
    path.series.set_state("notReady");
    logger("rtmp")->info("not_ready path={}", path.name);
    if (events_.on_not_ready) {
        events_.on_not_ready(info_of(path));
    }
}

std::string Hub::make_id() {  // a version 4 UUID
    const std::uint64_t high = (random_() & ~0xF000ULL) | 0x4000ULL;
    const std::uint64_t low = (random_() & ~(3ULL << 62U)) | 2ULL << 62U;
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU,
                       high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

void Hub::schedule_tick() {
    const auto shortest =
        std::min({config_.handshake_timeout, config_.first_packet_timeout,
                  config_.play_wait_timeout, config_.idle_timeout, config_.linger_timeout});
    timer_.expires_after(
        std::clamp(shortest / 4, std::chrono::milliseconds{10}, std::chrono::milliseconds{250}));
    timer_.async_wait([weak = weak_from_this()](net::error_code cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self != nullptr && !self->is_closed_) {
            self->tick();
        }
    });
}

void Hub::tick() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Connection>> checked;  // checking one may close it, and others
    checked.reserve(connections_.size());
    for (const auto& [key, connection] : connections_) {
        checked.push_back(connection);
    }
    for (const auto& connection : checked) {
        if (connections_.contains(connection.get())) {
            connection->check_deadlines(now);
        }
    }
    schedule_tick();
}

}  // namespace livedub::rtmp
