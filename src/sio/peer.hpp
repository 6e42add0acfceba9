// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One client of the Socket.IO server: its namespaces over its Engine.IO connection. Io thread only,
// but for what its sockets say. For .cpp files: it includes Asio.

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/asio.hpp"
#include "net/io_thread.hpp"
#include "sio/engine_connection.hpp"
#include "sio/packet_assembler.hpp"
#include "sio/server.hpp"

namespace livedub::sio {

class Peer;

/// One namespace of one client.
class PeerSocket final : public Socket, public std::enable_shared_from_this<PeerSocket> {
  public:
    PeerSocket(net::IoThread& io, const std::shared_ptr<Peer>& peer, std::string name_space,
               std::uint64_t connection, std::size_t max_buffered);

    [[nodiscard]] const std::string& id() const noexcept override { return id_; }
    [[nodiscard]] std::uint64_t connection() const noexcept override { return connection_; }
    using Socket::emit;
    void emit(std::shared_ptr<const Event> event) override;
    void disconnect() override;

    /// From now on, until they are taken, keeps what is emitted on the io thread: the answers to an
    /// event need no way through that thread's queue. Io thread.
    void keep_answers() noexcept { is_answering_ = true; }
    [[nodiscard]] std::vector<std::shared_ptr<const Event>> take_answers() noexcept;

    /// From now on it swallows what is emitted. Io thread.
    void set_gone() noexcept { is_gone_ = true; }

  private:
    net::IoThread& io_;
    const std::weak_ptr<Peer> peer_;
    const std::string id_;
    const std::string name_space_;
    const std::uint64_t connection_;
    const std::size_t max_buffered_;
    std::atomic<bool> is_gone_{false};
    std::atomic<bool> is_overflown_{false};
    std::atomic<std::size_t> posted_{0};  // bytes on their way to the io thread

    // Io thread only.
    bool is_answering_ = false;
    std::vector<std::shared_ptr<const Event>> answers_;
    std::size_t answer_bytes_ = 0;  // of posted_
};

/// What all peers of one server share. It outlives them.
struct PeerContext {
    net::IoThread& io;
    const ServerConfig config;
    const ServerEvents events;
    /// Once per peer, last; it may be destroyed inside.
    std::function<void(Peer&, CloseReason)> on_close;
};

class Peer : public std::enable_shared_from_this<Peer> {
  public:
    /// @param handshake Of the HTTP request; name_space and auth are filled in for each CONNECT.
    [[nodiscard]] static std::shared_ptr<Peer> make(PeerContext& context, EngineTransport transport,
                                                    Handshake handshake, std::uint64_t number);
    Peer(PeerContext& context, Handshake handshake, std::uint64_t number);

    [[nodiscard]] EngineConnection& engine() noexcept { return *engine_; }
    [[nodiscard]] const std::string& peer_address() const noexcept { return handshake_.peer; }

    void emit(const std::string& name_space, const Event& event);
    /// Leaves one namespace and closes everything.
    void disconnect(const std::string& name_space);

  private:
    void on_message(wire::EngineIoPacket message);
    void on_packet(WholePacket whole);
    void on_connect(const wire::SocketIoPacket& packet, const std::string& name_space);
    void on_event(WholePacket whole, const std::string& name_space);
    void leave(const std::string& name_space, std::string_view why);
    void on_close(CloseReason reason, std::string_view detail);
    void send(const wire::SocketIoPacket& packet);
    void malformed(std::string_view what);
    void await_connect();

    PeerContext& context_;
    Handshake handshake_;
    const std::uint64_t number_;
    PacketAssembler assembler_;
    std::map<std::string, std::shared_ptr<PeerSocket>> sockets_;  // by namespace
    net::asio::steady_timer connect_timer_;
    std::shared_ptr<EngineConnection> engine_;
    bool is_closed_ = false;
};

}  // namespace livedub::sio
