// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What carries a client's Engine.IO packets: WebSocket, polling, or the one becoming the other.
// Everything here is on the io thread; what a transport calls may close it.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "sio/server_url.hpp"
#include "wire/engineio.hpp"

namespace boost::asio {
class io_context;
}

namespace livedub::sio {

struct TransportConfig {
    ServerUrl server;
    std::string path;
    std::vector<std::pair<std::string, std::string>> headers;
    bool verify_certificate = true;
    std::size_t max_payload = 0;  // bytes of one message, either way
};

struct TransportEvents {
    std::function<void()> on_ready;                       // packets can travel
    std::function<void(wire::EngineIoPacket)> on_packet;  // kOpen included
    std::function<void()> on_written;                     // waiting_bytes() is less now
    std::function<void(Error)> on_failed;                 // once, and nothing after it
};

/// Held by its owner and by its pending operations.
class ClientTransport {
  public:
    ClientTransport() = default;
    virtual ~ClientTransport() = default;
    ClientTransport(const ClientTransport&) = delete;
    ClientTransport& operator=(const ClientTransport&) = delete;

    virtual void open(TransportEvents events) = 0;

    /// In the order of the calls; also before it is ready.
    virtual void send(wire::EngineIoPacket packet) = 0;
    [[nodiscard]] virtual std::size_t waiting_bytes() const = 0;

    /// Sends what waits, for a moment at most, and closes. Nothing is called any more.
    virtual void finish() = 0;

    /// Closes at once. Nothing is called any more.
    virtual void close() = 0;
};

/// One that can stop at a packet's edge, for another to go on.
class PausableTransport : public ClientTransport {
  public:
    /// Sends what waits and receives what is on its way, then calls `done` and is silent.
    virtual void pause(std::function<void()> done) = 0;
};

/// @param sid Of the polling transport to be upgraded; empty to begin with WebSocket.
[[nodiscard]] std::shared_ptr<ClientTransport> make_websocket_transport(
    boost::asio::io_context& context, TransportConfig config, std::string sid);

[[nodiscard]] std::shared_ptr<PausableTransport> make_polling_transport(
    boost::asio::io_context& context, TransportConfig config);

/// Makes the WebSocket transport once the sid is known.
using MakeUpgrade = std::function<std::shared_ptr<ClientTransport>(std::string sid)>;

/// Begins with `polling` and changes over if the server offers it and it works within `timeout`.
[[nodiscard]] std::shared_ptr<ClientTransport> make_upgrading_transport(
    boost::asio::io_context& context, std::shared_ptr<PausableTransport> polling,
    MakeUpgrade make_upgrade, std::chrono::milliseconds timeout = std::chrono::seconds{10});

}  // namespace livedub::sio
