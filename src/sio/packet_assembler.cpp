// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/packet_assembler.hpp"

#include <utility>

#include <fmt/format.h>

namespace livedub::sio {

Result<std::optional<WholePacket>> PacketAssembler::feed(wire::EngineIoPacket message) {
    bytes_ += message.payload.size();
    if (bytes_ > max_bytes_) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("a packet of {} bytes, more than {}", bytes_, max_bytes_));
    }
    auto whole = message.is_binary ? feed_bytes(std::move(message.payload).take())
                                   : feed_text(std::move(message.payload));
    if (whole && *whole) {
        bytes_ = 0;
    }
    return whole;
}

Result<std::optional<WholePacket>> PacketAssembler::feed_text(wire::Slice text) {
    if (pending_) {
        return fail(ErrorCode::kProtocol, "a text where an attachment was announced");
    }
    auto packet = wire::decode_socketio(std::move(text));
    if (!packet) {
        return tl::unexpected{std::move(packet).error()};
    }
    WholePacket whole{.packet = std::move(*packet), .attachments = {}};
    if (whole.packet.attachments > 0) {
        pending_ = std::move(whole);
        return std::nullopt;
    }
    return whole;
}

Result<std::optional<WholePacket>> PacketAssembler::feed_bytes(std::string bytes) {
    if (!pending_) {
        return fail(ErrorCode::kProtocol, "an attachment that was not announced");
    }
    pending_->attachments.push_back(std::move(bytes));
    if (pending_->attachments.size() < pending_->packet.attachments) {
        return std::nullopt;
    }
    return std::exchange(pending_, std::nullopt);
}

Result<Event> event_of(WholePacket whole) {
    auto event = wire::split_event(std::move(whole.packet.json));
    if (!event) {
        return tl::unexpected{std::move(event).error()};
    }
    return Event{.name = std::move(event->name),
                 .argument = std::move(event->argument),
                 .attachments = std::move(whole.attachments)};
}

std::vector<wire::EngineIoPacket> messages_of(std::string_view name_space, const Event& event) {
    using wire::EngineIoType;
    const bool is_binary = !event.attachments.empty();
    const wire::SocketIoPacket packet{
        .type = is_binary ? wire::SocketIoType::kBinaryEvent : wire::SocketIoType::kEvent,
        .name_space = std::string{name_space},
        .attachments = event.attachments.size(),
        .ack_id = std::nullopt,
        .json = {}};
    std::vector<wire::EngineIoPacket> messages;
    messages.reserve(event.attachments.size() + 1);
    messages.push_back({.type = EngineIoType::kMessage,
                        .payload = wire::encode_event(packet, event.name, event.argument)});
    if (event.inset.text) {
        auto& [type, payload, is_bytes, inset] = messages.back();
        inset = event.inset;
        inset.at += payload.size() - event.argument.size() - std::string_view{"]"}.size();
    }
    for (const auto& attachment : event.attachments) {
        messages.push_back({EngineIoType::kMessage, attachment, true});
    }
    return messages;
}

}  // namespace livedub::sio
