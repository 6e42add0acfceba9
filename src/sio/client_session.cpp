// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/client_session.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace livedub::sio {
namespace {

using wire::EngineIoPacket;
using wire::EngineIoType;
using wire::SocketIoPacket;
using wire::SocketIoType;

Reaction end(ErrorCode code, std::string message) {
    Reaction reaction;
    reaction.happened.emplace_back(Error{code, std::move(message)});
    return reaction;
}

Reaction end(Error error) {
    Reaction reaction;
    reaction.happened.emplace_back(std::move(error));
    return reaction;
}

EngineIoPacket message_of(const SocketIoPacket& packet) {
    return {EngineIoType::kMessage, wire::encode_socketio(packet), false};
}

std::size_t size_of(const std::vector<EngineIoPacket>& packets) {
    std::size_t bytes = 0;
    for (const auto& packet : packets) {
        bytes += packet.payload.size();
    }
    return bytes;
}

std::size_t size_of(const Event& event) {
    std::size_t bytes = event.name.size() + event.argument.size();
    for (const auto& attachment : event.attachments) {
        bytes += attachment.size();
    }
    return bytes;
}

}  // namespace

ClientSession::ClientSession(std::string name_space, std::string auth, std::size_t max_payload)
    : name_space_{name_space.empty() ? "/" : std::move(name_space)},
      auth_{std::move(auth)},
      max_payload_{max_payload},
      assembler_{max_payload} {}

Reaction ClientSession::feed(EngineIoPacket packet, SteadyTime now) {
    last_heard_ = now;
    switch (packet.type) {
        case EngineIoType::kOpen:
            return open(packet.payload);
        case EngineIoType::kClose:
            return end(ErrorCode::kUnavailable, "the server closed the connection");
        case EngineIoType::kPing:
            return {.send = {{EngineIoType::kPong, std::move(packet.payload), false}},
                    .happened = {}};
        case EngineIoType::kMessage:
            return is_open_ ? read(std::move(packet)) : Reaction{};
        case EngineIoType::kPong:
        case EngineIoType::kUpgrade:
        case EngineIoType::kNoop:
            break;
    }
    return {};
}

Reaction ClientSession::open(std::string_view payload) {
    if (is_open_) {
        return {};
    }
    const auto handshake = wire::decode_handshake(payload);
    if (!handshake) {
        return end(handshake.error());
    }
    is_open_ = true;
    silence_ = handshake->ping_interval + handshake->ping_timeout;
    max_payload_ = std::min(max_payload_, handshake->max_payload);
    return {.send = {message_of({.type = SocketIoType::kConnect,
                                 .name_space = name_space_,
                                 .attachments = 0,
                                 .ack_id = std::nullopt,
                                 .json = auth_})},
            .happened = {}};
}

Reaction ClientSession::read(EngineIoPacket message) {
    auto whole = assembler_.feed(std::move(message));
    if (!whole) {
        return end(std::move(whole).error());
    }
    const bool is_ours = *whole && (*whole)->packet.name_space == name_space_;
    return is_ours ? read_whole(std::move(**whole)) : Reaction{};
}

Reaction ClientSession::read_whole(WholePacket whole) {
    switch (whole.packet.type) {
        case SocketIoType::kConnect:
            return is_joined_ ? Reaction{} : join();
        case SocketIoType::kConnectError:
            return end(ErrorCode::kProtocol,
                       fmt::format("refused by the server: {}", whole.packet.json.view()));
        case SocketIoType::kDisconnect:
            return end(ErrorCode::kUnavailable, "disconnected by the server");
        case SocketIoType::kEvent:
        case SocketIoType::kBinaryEvent:
            return read_event(std::move(whole));
        case SocketIoType::kAck:
        case SocketIoType::kBinaryAck:
            break;  // we ask for none
    }
    return {};
}

Reaction ClientSession::join() {
    if (largest_kept_ > max_payload_) {
        return too_large(largest_kept_);
    }
    is_joined_ = true;
    Reaction reaction{.send = std::exchange(kept_, {}), .happened = {}};
    kept_bytes_ = 0;
    reaction.happened.emplace_back(Joined{});
    std::ranges::move(std::exchange(early_, {}), std::back_inserter(reaction.happened));
    return reaction;
}

Reaction ClientSession::read_event(WholePacket whole) {
    Reaction reaction;
    if (whole.packet.ack_id) {
        reaction.send.push_back(message_of({.type = SocketIoType::kAck,
                                            .name_space = name_space_,
                                            .attachments = 0,
                                            .ack_id = whole.packet.ack_id,
                                            .json = "[]"}));
    }
    auto event = event_of(std::move(whole));
    if (!event) {
        return end(std::move(event).error());
    }
    if (is_joined_) {
        reaction.happened.emplace_back(std::move(*event));
        return reaction;
    }
    early_bytes_ += size_of(*event);
    if (early_bytes_ > max_payload_) {
        return end(ErrorCode::kProtocol, "too many events before the namespace was joined");
    }
    early_.emplace_back(std::move(*event));
    return reaction;
}

Reaction ClientSession::emit(const Event& event) {
    auto messages = messages_of(name_space_, event);
    const auto bytes = size_of(messages);
    if (bytes > max_payload_) {
        return too_large(bytes);
    }
    if (is_joined_) {
        return {.send = std::move(messages), .happened = {}};
    }
    kept_bytes_ += bytes;
    largest_kept_ = std::max(largest_kept_, bytes);
    std::ranges::move(messages, std::back_inserter(kept_));
    return {};
}

Reaction ClientSession::too_large(std::size_t bytes) const {
    return end(ErrorCode::kInvalidArgument,
               fmt::format("an event of {} bytes; the server takes {}", bytes, max_payload_));
}

SteadyTime ClientSession::deadline() const {
    return is_open_ ? last_heard_ + silence_ : SteadyTime::max();
}

std::vector<EngineIoPacket> ClientSession::leave() const {
    std::vector<EngineIoPacket> words;
    if (is_joined_) {
        words.push_back(message_of({.type = SocketIoType::kDisconnect,
                                    .name_space = name_space_,
                                    .attachments = 0,
                                    .ack_id = std::nullopt,
                                    .json = ""}));
    }
    if (is_open_) {
        words.push_back({EngineIoType::kClose, "", false});
    }
    return words;
}

}  // namespace livedub::sio
