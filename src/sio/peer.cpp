// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/peer.hpp"

#include <algorithm>
#include <utility>

#include "sio/random_id.hpp"
#include "telemetry/log.hpp"

namespace livedub::sio {
namespace {

using wire::SocketIoPacket;
using wire::SocketIoType;

/// What an event costs besides its bytes, so that many empty ones are bounded too.
constexpr std::size_t kEventOverhead = 256;
/// What a client may have of a namespace's name in an answer.
constexpr std::size_t kLongestNamespace = 256;

std::size_t cost(const Event& event) {
    std::size_t bytes =
        kEventOverhead + event.name.size() + event.argument.size() + event.inset.size();
    for (const auto& attachment : event.attachments) {
        bytes += attachment.size();
    }
    return bytes;
}

/// How many bytes of UTF-8, at most `most`, end with a letter.
std::size_t whole_letters(std::string_view text, std::size_t most) {
    auto size = std::min(text.size(), most);
    while (size > 0 && size < text.size() &&
           (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
        --size;
    }
    return size;
}

}  // namespace

// PeerSocket --------------------------------------------------------------------------------------

PeerSocket::PeerSocket(net::IoThread& io, const std::shared_ptr<Peer>& peer, std::string name_space,
                       std::uint64_t connection, std::size_t max_buffered)
    : io_{io},
      peer_{peer},
      id_{make_random_id()},
      name_space_{std::move(name_space)},
      connection_{connection},
      max_buffered_{max_buffered} {}

void PeerSocket::emit(std::shared_ptr<const Event> event) {
    if (is_gone_ || is_overflown_) {
        return;
    }
    const auto size = cost(*event);
    const auto before = posted_.fetch_add(size);
    if (before > 0 && before + size > max_buffered_) {
        posted_ -= size;
        if (!is_overflown_.exchange(true)) {
            io_.post([peer = peer_] {
                if (const auto alive = peer.lock()) {
                    alive->engine().close(CloseReason::kSlowReader, "more emitted than is taken");
                }
            });
        }
        return;
    }
    // Behind what is on its way: the order of the calls is the order of the events.
    if (io_.is_current() && is_answering_ && before == answer_bytes_) {
        answers_.push_back(std::move(event));
        answer_bytes_ += size;
        return;
    }
    io_.post([self = shared_from_this(), event = std::move(event), size] {
        self->posted_ -= size;
        const auto peer = self->peer_.lock();
        if (peer && !self->is_gone_) {
            peer->emit(self->name_space_, *event);
        }
    });
}

std::vector<std::shared_ptr<const Event>> PeerSocket::take_answers() noexcept {
    is_answering_ = false;
    posted_ -= std::exchange(answer_bytes_, 0);
    return std::exchange(answers_, {});
}

void PeerSocket::disconnect() {
    if (is_gone_) {
        return;
    }
    io_.post([self = shared_from_this()] {
        const auto peer = self->peer_.lock();
        if (peer && !self->is_gone_) {
            peer->disconnect(self->name_space_);
        }
    });
}

// Peer --------------------------------------------------------------------------------------------

std::shared_ptr<Peer> Peer::make(PeerContext& context, EngineTransport transport,
                                 Handshake handshake, std::uint64_t number) {
    auto peer = std::make_shared<Peer>(context, std::move(handshake), number);
    const std::weak_ptr<Peer> weak{peer};
    const EngineEvents events{.on_message =
                                  [weak](wire::EngineIoPacket message) {
                                      if (const auto alive = weak.lock()) {
                                          alive->on_message(std::move(message));
                                      }
                                  },
                              .on_close =
                                  [weak](CloseReason reason, std::string_view detail) {
                                      if (const auto alive = weak.lock()) {
                                          alive->on_close(reason, detail);
                                      }
                                  }};
    const auto& config = context.config;
    peer->engine_ = std::make_shared<EngineConnection>(
        context.io.context(), transport, make_random_id(),
        EngineLimits{.times = {.ping_interval = config.ping_interval,
                               .ping_timeout = config.ping_timeout,
                               .upgrade_timeout = config.upgrade_timeout},
                     .max_payload = config.max_payload,
                     .max_buffered = config.max_buffered},
        events);
    peer->await_connect();
    return peer;
}

Peer::Peer(PeerContext& context, Handshake handshake, std::uint64_t number)
    : context_{context},
      handshake_{std::move(handshake)},
      number_{number},
      assembler_{context.config.max_payload},
      connect_timer_{context.io.context()} {}

void Peer::await_connect() {
    connect_timer_.expires_after(context_.config.connect_timeout);
    connect_timer_.async_wait([weak = weak_from_this()](net::error_code cancelled) {
        const auto alive = weak.lock();
        if (!cancelled && alive && alive->sockets_.empty()) {
            alive->engine_->close(CloseReason::kConnectTimeout, "in no namespace");
        }
    });
}

void Peer::emit(const std::string& name_space, const Event& event) {
    for (auto& message : messages_of(name_space, event)) {
        engine_->send(std::move(message));
    }
}

void Peer::disconnect(const std::string& name_space) {
    send({.type = SocketIoType::kDisconnect, .name_space = name_space});
    leave(name_space, "server disconnect");
    if (sockets_.empty()) {  // what goes on in another namespace is none of this one's business
        engine_->finish();
    }
}

void Peer::on_message(wire::EngineIoPacket message) {
    auto whole = assembler_.feed(std::move(message));
    if (!whole) {
        malformed(whole.error().message());
    } else if (*whole) {
        on_packet(std::move(**whole));
    }
}

void Peer::on_packet(WholePacket whole) {
    const auto& packet = whole.packet;
    const auto name_space = packet.name_space.substr(0, packet.name_space.find('?'));
    switch (packet.type) {
        case SocketIoType::kConnect:
            on_connect(packet, name_space);
            return;
        case SocketIoType::kDisconnect:
            leave(name_space, "client disconnect");
            return;
        case SocketIoType::kEvent:
        case SocketIoType::kBinaryEvent:
            on_event(std::move(whole), name_space);
            return;
        case SocketIoType::kAck:
        case SocketIoType::kBinaryAck:
            return;  // nothing of ours asks for one
        case SocketIoType::kConnectError:
            break;
    }
    malformed("a packet that only servers send");
}

void Peer::on_connect(const SocketIoPacket& packet, const std::string& name_space) {
    const auto& known = context_.config.namespaces;
    if (std::ranges::find(known, name_space) == known.end()) {
        send({.type = SocketIoType::kConnectError,
              .name_space = name_space.substr(0, whole_letters(name_space, kLongestNamespace)),
              .json = R"({"message":"Invalid namespace"})"});
        return;
    }
    const auto answer = [&](const PeerSocket& socket) {
        send({.type = SocketIoType::kConnect,
              .name_space = name_space,
              .json = R"({"sid":")" + socket.id() + R"("})"});
    };
    if (const auto there = sockets_.find(name_space); there != sockets_.end()) {
        answer(*there->second);  // asked twice
        return;
    }
    auto handshake = handshake_;
    handshake.name_space = name_space;
    handshake.auth = packet.json;
    if (auto refusal =
            context_.events.may_connect ? context_.events.may_connect(handshake) : std::nullopt) {
        send({.type = SocketIoType::kConnectError,
              .name_space = name_space,
              .json = std::move(*refusal)});
        return;
    }
    const auto socket = std::make_shared<PeerSocket>(context_.io, shared_from_this(), name_space,
                                                     number_, context_.config.max_buffered);
    answer(*socket);
    if (is_closed_) {  // it did not take the answer: then nobody came
        return;
    }
    sockets_.emplace(name_space, socket);
    connect_timer_.cancel();
    engine_->trust();
    context_.events.on_connect(socket, handshake);
}

void Peer::on_event(WholePacket whole, const std::string& name_space) {
    const auto found = sockets_.find(name_space);
    if (found == sockets_.end()) {
        logger("sio")->debug("event_without_namespace peer={}", handshake_.peer);
        return;
    }
    const auto ack_id = whole.packet.ack_id;
    auto event = event_of(std::move(whole));
    if (!event) {
        malformed(event.error().message());
        return;
    }
    const auto socket = found->second;
    if (ack_id) {
        send(
            {.type = SocketIoType::kAck, .name_space = name_space, .ack_id = ack_id, .json = "[]"});
        if (is_closed_) {  // it did not take the answer
            return;
        }
    }
    socket->keep_answers();
    try {
        context_.events.on_event(*socket, std::move(*event));
    } catch (...) {
        static_cast<void>(socket->take_answers());
        throw;
    }
    for (const auto& answer : socket->take_answers()) {
        emit(name_space, *answer);
    }
}

void Peer::leave(const std::string& name_space, std::string_view why) {
    auto node = sockets_.extract(name_space);
    if (node.empty()) {
        return;
    }
    node.mapped()->set_gone();
    if (sockets_.empty()) {
        await_connect();
    }
    context_.events.on_disconnect(*node.mapped(), why);
}

void Peer::on_close(CloseReason reason, std::string_view detail) {
    const auto self = shared_from_this();
    is_closed_ = true;
    connect_timer_.cancel();
    const bool is_notable = reason == CloseReason::kMalformed || reason == CloseReason::kTooLarge ||
                            reason == CloseReason::kSlowReader;
    logger("sio")->log(is_notable ? spdlog::level::warn : spdlog::level::debug,
                       "connection_closed peer={} connection={} reason={} detail=\"{}\"",
                       handshake_.peer, number_, to_string(reason), detail);
    for (const auto& [name_space, socket] : std::exchange(sockets_, {})) {
        socket->set_gone();
        context_.events.on_disconnect(*socket, to_string(reason));
    }
    context_.on_close(*this, reason);
}

void Peer::send(const SocketIoPacket& packet) {
    engine_->send({.type = wire::EngineIoType::kMessage, .payload = wire::encode_socketio(packet)});
}

void Peer::malformed(std::string_view what) {
    engine_->close(CloseReason::kMalformed, what);
}

}  // namespace livedub::sio
