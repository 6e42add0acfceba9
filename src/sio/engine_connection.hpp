// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Drives an EngineSession: its long-polling requests, its WebSocket, the upgrade between them, and
// its timer. Of the server alone; io thread only. For .cpp files: it includes Asio.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "net/asio.hpp"
#include "net/web_socket.hpp"
#include "sio/close_reason.hpp"
#include "sio/engine_session.hpp"
#include "wire/engineio.hpp"

namespace livedub::sio {

struct EngineLimits {
    EngineTimes times;
    std::size_t max_payload = 52'428'800;
    std::size_t max_buffered = std::size_t{64} << 20U;
};

struct EngineEvents {
    std::function<void(wire::EngineIoPacket)> on_message;
    /// Once, last. @param detail For the log.
    std::function<void(CloseReason reason, std::string_view detail)> on_close;
};

/// Shared by the table of sessions and by whoever is in the middle of a call.
class EngineConnection : public std::enable_shared_from_this<EngineConnection> {
  public:
    EngineConnection(net::asio::io_context& context, EngineTransport transport, std::string sid,
                     const EngineLimits& limits, EngineEvents events);

    /// The first request: answers it with the open packet.
    void open_polling(const http::Respond& respond);
    void open_web_socket(const http::AcceptUpgrade& accept);

    /// A GET; `respond` may be kept.
    void poll(http::Respond respond);
    void post(const std::string& body, const http::Respond& respond);
    /// False when this is not the time for it; `accept` was not called then.
    [[nodiscard]] bool upgrade(const http::AcceptUpgrade& accept);

    /// Sends packets, in order. Closes (kSlowReader) when too much waits.
    void send(wire::EngineIoPacket packet);
    /// Closes (kServerDisconnect) once the client has what was sent.
    void finish();
    void close(CloseReason reason, std::string_view detail);

    /// Its client was let in: from now on messages may be as big as the limits say.
    void trust();
    /// What a request may bring now.
    [[nodiscard]] std::size_t most_bytes() const noexcept { return most_bytes_; }
    /// A request with a message began to come, behind which a pong may have to wait.
    void expect_post();

    [[nodiscard]] const std::string& sid() const noexcept { return sid_; }

  private:
    [[nodiscard]] std::string open_packet() const;
    [[nodiscard]] std::shared_ptr<net::WebSocket> take(const http::AcceptUpgrade& accept);
    void on_web_socket_message(net::WebSocketKind kind, std::string message);
    void on_web_socket_close(std::string_view why, std::uint16_t code);
    void hear_candidate(const wire::EngineIoPacket& packet);
    void drop_candidate();
    void hear(wire::EngineIoPacket packet);
    void flush();
    void flush_web_socket();
    void answer_poll();
    void arm_timer();
    void on_timer();
    void on_pong_missing();

    const std::string sid_;
    const EngineLimits limits_;
    EngineEvents events_;
    EngineSession session_;
    net::asio::steady_timer timer_;
    SteadyTime armed_for_ = SteadyTime::max();
    std::shared_ptr<net::WebSocket> web_socket_;  // in use, or wanting to be
    std::optional<http::Respond> pending_poll_;
    std::size_t most_bytes_;
    SteadyTime post_by_ = SteadyTime::min();  // a request may be coming until then
    bool is_closed_ = false;
};

}  // namespace livedub::sio
