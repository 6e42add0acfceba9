// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Socket.IO protocol 5 packets: the text inside an Engine.IO message, and how many binary frames
// follow it. The JSON stays text here: who reads it is the room that knows what it means.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "wire/slice.hpp"

namespace livedub::wire {

/// The digit on the wire, kept as the enumerator's value.
enum class SocketIoType : char {
    kConnect = '0',
    kDisconnect = '1',
    kEvent = '2',
    kAck = '3',
    kConnectError = '4',
    kBinaryEvent = '5',
    kBinaryAck = '6',
};

struct SocketIoPacket {
    SocketIoType type = SocketIoType::kEvent;
    std::string name_space = "/";
    std::size_t attachments = 0;  // binary frames that follow; binary types only
    std::optional<std::uint64_t> ack_id;
    Slice json;  // empty, or one JSON value as text (not checked beyond its first character)

    friend bool operator==(const SocketIoPacket&, const SocketIoPacket&) = default;
};

/// The text's memory becomes that of the packet's JSON. Errors: kProtocol, naming what was wrong;
/// more than 64 attachments are refused.
[[nodiscard]] Result<SocketIoPacket> decode_socketio(Slice text);
[[nodiscard]] std::string encode_socketio(const SocketIoPacket& packet);

/// An event's JSON array, taken apart: ["name", argument, ...].
struct SocketIoEvent {
    std::string name;
    Slice argument;  // the first argument as JSON text; empty when there is none
};

/// The array's memory becomes that of the argument, which may be nested to any depth: who reads it
/// limits that, and answers. Errors: kProtocol when it is not a JSON array that begins with a
/// string.
[[nodiscard]] Result<SocketIoEvent> split_event(Slice json_array);
/// ["name",argument], with the name escaped and the argument as it is.
[[nodiscard]] std::string join_event(std::string_view name, std::string_view argument);

/// encode_socketio() of `packet` with that event as its JSON, whatever it has there; written in one
/// go, with room for the digit that Engine.IO puts before it.
[[nodiscard]] std::string encode_event(const SocketIoPacket& packet, std::string_view name,
                                       std::string_view argument);

}  // namespace livedub::wire
