// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Socket.IO 5 server over Engine.IO 4: WebSocket, polling, and the upgrade from one to the other,
// on any number of paths and namespaces. Each (connection, namespace) is a Socket. Everything here
// happens on the io thread, except where a member says otherwise; nothing of it ever waits for the
// application.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/registry.h>

#include "base/result.hpp"
#include "http/server.hpp"
#include "sio/event.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::sio {

struct ServerConfig {
    std::vector<std::string> paths{"/socket.io", "/ws/sts"};  // with or without a slash at the end
    std::vector<std::string> namespaces{"/", "/sts"};
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{10'000};
    std::chrono::milliseconds upgrade_timeout{10'000};
    std::chrono::milliseconds connect_timeout{45'000};  // for the first CONNECT packet
    std::size_t max_payload = 52'428'800;               // bytes of one message, either way
    std::size_t max_connections = 50;
    /// What may wait for one connection to be written; beyond it the connection is closed. One
    /// message is always let in.
    std::size_t max_buffered = std::size_t{64} << 20U;
    std::vector<std::string> cors_origins{"*"};
};

/// What a client said when it connected to a namespace.
struct Handshake {
    std::string name_space;
    std::string auth;                            // JSON text; empty when none was sent
    std::map<std::string, std::string> headers;  // of the HTTP request; names in lower case
    std::string query;                           // of the HTTP request
    std::string peer;                            // "127.0.0.1:53210"
};

/// One client in one namespace. Handles are shared with the server; a Socket whose client has gone
/// swallows what is emitted.
class Socket {
  public:
    Socket() = default;
    virtual ~Socket() = default;
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] virtual const std::string& id() const noexcept = 0;  // as told to the client
    /// Of the transport: sockets of one connection in two namespaces share it.
    [[nodiscard]] virtual std::uint64_t connection() const noexcept = 0;

    /// Sends an event, in the order of the calls. Any thread. Shared, for whoever sends it again.
    virtual void emit(std::shared_ptr<const Event> event) = 0;
    void emit(Event event) { emit(std::make_shared<const Event>(std::move(event))); }

    /// Leaves the namespace (41) and closes the transport once what was emitted has been written.
    /// Any thread.
    virtual void disconnect() = 0;
};

/// The application. All on the io thread; must not block.
struct ServerEvents {
    /// Somebody wants to join a namespace. nullopt lets them in; else the JSON text of the
    /// CONNECT_ERROR payload ({"message":...}).
    std::function<std::optional<std::string>(const Handshake&)> may_connect;
    std::function<void(std::shared_ptr<Socket>, const Handshake&)> on_connect;
    std::function<void(Socket&, Event)> on_event;
    /// Exactly once for each on_connect.
    std::function<void(Socket&, std::string_view why)> on_disconnect;
};

class Server {
  public:
    /// Answers under config.paths on the given host and port; whatever else is asked there goes to
    /// `pages`. Port 0 takes a free one. Exports sts_connections_active into `registry`.
    ///
    /// Errors: as http::Server::start().
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(
        net::IoThread& io, const std::string& host, std::uint16_t port, ServerConfig config,
        ServerEvents events, http::Handler pages, prometheus::Registry& registry);

    /// Closes all connections; on_disconnect is called for each socket. Not on the io thread.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace livedub::sio
