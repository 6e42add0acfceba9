// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/rtmp_message.hpp"

#include <utility>

namespace livedub::wire {
namespace {

/// What stands behind the format byte of an AMF3 wrapper.
Result<ByteView> amf0_part(const RtmpMessage& message) {
    const ByteView payload{message.payload};
    const bool is_wrapped =
        message.type == MessageType::kCommandAmf3 || message.type == MessageType::kDataAmf3;
    if (!is_wrapped) {
        return payload;
    }
    if (payload.empty()) {
        return fail(ErrorCode::kProtocol, "empty AMF3 message");
    }
    // Some senders leave the format byte out; then the message starts with a string's marker.
    return payload[0] == 0 ? payload.subspan(1) : payload;
}

void append_control(Bytes& out, MessageType type, ByteView payload) {
    append_message(out, ChunkStreamId::kControl, type, 0, 0, payload, kDefaultChunkSize);
}

void append_control32(Bytes& out, MessageType type, std::uint32_t value) {
    Bytes payload;
    append_be32(payload, value);
    append_control(out, type, payload);
}

}  // namespace

std::string RtmpCommand::text(std::size_t index) const {
    if (index >= arguments.size()) {
        return {};
    }
    const auto* text = arguments[index].text();
    return text == nullptr ? std::string{} : *text;
}

Result<RtmpCommand> parse_command(const RtmpMessage& message) {
    const auto payload = amf0_part(message);
    if (!payload) {
        return tl::unexpected{payload.error()};
    }
    auto values = decode_amf0(*payload);
    if (!values) {
        return tl::unexpected{std::move(values).error()};
    }
    if (values->size() < 2 || (*values)[0].text() == nullptr || (*values)[1].number() == nullptr) {
        return fail(ErrorCode::kProtocol, "command without name and transaction");
    }
    return RtmpCommand{.name = *(*values)[0].text(),
                       .transaction = *(*values)[1].number(),
                       .arguments = {std::make_move_iterator(values->begin() + 2),
                                     std::make_move_iterator(values->end())}};
}

Result<UserControl> parse_user_control(ByteView payload) {
    if (payload.size() < 2) {
        return fail(ErrorCode::kProtocol, "user control message of fewer than 2 bytes");
    }
    return UserControl{.event = static_cast<UserEvent>(read_be16(payload.data())),
                       .value = payload.size() < 6 ? 0 : read_be32(&payload[2])};
}

void append_set_chunk_size(Bytes& out, std::uint32_t chunk_size) {
    append_control32(out, MessageType::kSetChunkSize, chunk_size);
}

void append_window_ack_size(Bytes& out, std::uint32_t bytes) {
    append_control32(out, MessageType::kWindowAckSize, bytes);
}

void append_set_peer_bandwidth(Bytes& out, std::uint32_t bytes) {
    constexpr std::uint8_t kDynamic = 2;
    Bytes payload;
    append_be32(payload, bytes);
    payload.push_back(kDynamic);
    append_control(out, MessageType::kSetPeerBandwidth, payload);
}

void append_acknowledgement(Bytes& out, std::uint32_t bytes_received) {
    append_control32(out, MessageType::kAcknowledgement, bytes_received);
}

void append_user_control(Bytes& out, const UserControl& control) {
    Bytes payload;
    append_be16(payload, static_cast<std::uint32_t>(control.event));
    append_be32(payload, control.value);
    append_control(out, MessageType::kUserControl, payload);
}

void append_command(Bytes& out, std::uint32_t stream_id, std::string_view name, double transaction,
                    std::initializer_list<AmfValue> values, std::uint32_t chunk_size) {
    Bytes payload;
    append_amf0(payload, std::string{name});
    append_amf0(payload, transaction);
    for (const auto& value : values) {
        append_amf0(payload, value);
    }
    const auto via = stream_id == 0 ? ChunkStreamId::kCommand : ChunkStreamId::kStatus;
    append_message(out, via, MessageType::kCommand, 0, stream_id, payload, chunk_size);
}

void append_status(Bytes& out, std::uint32_t stream_id, StatusLevel level, std::string_view code,
                   std::string_view description, std::uint32_t chunk_size) {
    AmfObject info{{{"level", level == StatusLevel::kStatus ? "status" : "error"},
                    {"code", std::string{code}},
                    {"description", std::string{description}}}};
    append_command(out, stream_id, "onStatus", 0, {AmfNull{}, std::move(info)}, chunk_size);
}

Result<std::optional<Bytes>> data_for_players(const RtmpMessage& message) {
    const auto payload = amf0_part(message);
    if (!payload) {
        return tl::unexpected{payload.error()};
    }
    if (auto values = decode_amf0(*payload); !values) {  // players shall not be sent garbage
        return tl::unexpected{std::move(values).error()};
    }
    ByteView rest = *payload;
    auto first = take_amf0(rest);
    if (!first) {
        return std::nullopt;  // an empty message
    }
    const auto* name = first->text();
    if (name != nullptr && *name == "@clearDataFrame") {
        return std::nullopt;
    }
    const ByteView shown = name != nullptr && *name == "@setDataFrame" ? rest : *payload;
    return Bytes{shown.begin(), shown.end()};
}

}  // namespace livedub::wire
