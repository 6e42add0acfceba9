// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One connection to a Socket.IO 5 server, in one namespace. It is made once and ends once: whether
// and when to try again is the owner's decision, with a new Client.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "sio/event.hpp"

namespace livedub::net {
class IoThread;
}

namespace livedub::sio {

enum class Transport {
    kWebSocket = 1,  // WebSocket from the first byte
    kPolling = 2,    // long-polling, never upgraded
    kUpgrade = 3,    // long-polling, then WebSocket if the server offers it and it works
};

struct ClientConfig {
    std::string url;  // "http://host:3000", "https://...", "ws://...", "wss://..."
    std::string path = "/socket.io/";
    std::string name_space = "/";
    std::string auth;  // JSON text of the CONNECT payload; empty: none
    std::vector<std::pair<std::string, std::string>> headers;
    Transport transport = Transport::kWebSocket;
    bool verify_certificate = true;
    std::chrono::milliseconds connect_timeout{10'000};  // until the namespace is joined
    std::size_t max_payload = 52'428'800;
    std::size_t max_buffered = std::size_t{64} << 20U;  // waiting to be written; then it ends
};

/// All on the io thread; must not block. The client may be destroyed inside any of them.
struct ClientEvents {
    std::function<void()> on_connect;
    std::function<void(Event)> on_event;
    /// Once, unless the client is destroyed first: could not connect (the message says why:
    /// refused, CONNECT_ERROR with its payload, certificate), or was connected and is no more.
    /// kProtocol and kInvalidArgument will not get better by trying again; kUnavailable and
    /// kTimeout may.
    std::function<void(Error)> on_end;
};

class Client {
  public:
    /// Begins to connect. Any thread; `io` outlives the client.
    Client(net::IoThread& io, ClientConfig config, ClientEvents events);

    /// Leaves the namespace and closes, without waiting for the peer. No event comes after it. Any
    /// thread.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Sends an event once connected, in the order of the calls. Any thread.
    void emit(Event event);

  private:
    class Connection;
    std::shared_ptr<Connection> connection_;
};

}  // namespace livedub::sio
