// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Engine.IO protocol 4 as text and bytes: packets as sent over WebSocket, and payloads of several
// packets as sent over HTTP long-polling. Bytes in, values out; heartbeats and deadlines are sio's.

#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "wire/inset.hpp"
#include "wire/slice.hpp"

namespace livedub::wire {

/// The digit on the wire, kept as the enumerator's value.
enum class EngineIoType : char {
    kOpen = '0',
    kClose = '1',
    kPing = '2',
    kPong = '3',
    kMessage = '4',
    kUpgrade = '5',
    kNoop = '6',
};

struct EngineIoPacket {
    EngineIoType type = EngineIoType::kNoop;
    Slice payload;
    bool is_binary = false;  // a message of bytes: a binary frame, or "b<base64>" when polling
    Inset inset{};           // of a text that is sent

    friend bool operator==(const EngineIoPacket&, const EngineIoPacket&) = default;
};

/// One WebSocket text frame; its memory becomes the payload's. (A binary frame is a kMessage as it
/// stands.) Errors: kProtocol, naming what was wrong.
[[nodiscard]] Result<EngineIoPacket> decode_engineio(std::string frame);

/// The inverse, for packets that are not binary.
[[nodiscard]] std::string encode_engineio(EngineIoPacket packet);

/// What a sender puts into one payload: python-engineio reads no more packets from one.
inline constexpr std::size_t kPolitePayloadPackets = 16;
/// What a reader takes from one, so that many small packets do not need a lot more memory than they
/// had as text.
inline constexpr std::size_t kMostPayloadPackets = 65'536;

/// The body of a polling request or answer: packets joined by 0x1e, bytes as "b<base64>". Errors:
/// kProtocol, for the whole of it.
[[nodiscard]] Result<std::vector<EngineIoPacket>> decode_engineio_payload(std::string_view body);
[[nodiscard]] std::string encode_engineio_payload(std::span<const EngineIoPacket> packets);

/// What the server says in its open packet.
struct EngineIoHandshake {
    std::string sid;
    std::vector<std::string> upgrades;
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{10'000};
    std::size_t max_payload = 52'428'800;
};

/// The JSON payload of an open packet.
[[nodiscard]] std::string encode_handshake(const EngineIoHandshake& handshake);
/// Errors: kProtocol. Unknown keys are ignored; a missing maxPayload means no limit was announced.
[[nodiscard]] Result<EngineIoHandshake> decode_handshake(std::string_view json);

}  // namespace livedub::wire
