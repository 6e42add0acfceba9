// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Between Engine.IO messages and Socket.IO packets: a packet with attachments is one text and as
// many binary messages, which must not be interrupted. Both ends of a connection use it.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sio/event.hpp"
#include "wire/engineio.hpp"
#include "wire/socketio.hpp"

namespace livedub::sio {

struct WholePacket {
    wire::SocketIoPacket packet;
    std::vector<std::string> attachments;  // as many as packet.attachments
};

/// One direction of one connection. Not thread-safe.
class PacketAssembler {
  public:
    /// @param max_bytes Most bytes of one packet, attachments included.
    explicit PacketAssembler(std::size_t max_bytes) : max_bytes_{max_bytes} {}

    /// Takes an Engine.IO packet of type kMessage; nullopt while attachments are missing. Errors:
    /// kProtocol (text that is no packet, bytes nobody announced, text where bytes were announced,
    /// too large); the connection is beyond repair then.
    [[nodiscard]] Result<std::optional<WholePacket>> feed(wire::EngineIoPacket message);

  private:
    [[nodiscard]] Result<std::optional<WholePacket>> feed_text(wire::Slice text);
    [[nodiscard]] Result<std::optional<WholePacket>> feed_bytes(std::string bytes);

    std::size_t max_bytes_;
    std::size_t bytes_ = 0;               // of pending_
    std::optional<WholePacket> pending_;  // attachments are missing
};

/// The event in a kEvent or kBinaryEvent packet. Errors: kProtocol.
[[nodiscard]] Result<Event> event_of(WholePacket whole);

/// What to send for an event: its text and then its attachments.
[[nodiscard]] std::vector<wire::EngineIoPacket> messages_of(std::string_view name_space,
                                                            const Event& event);

}  // namespace livedub::sio
