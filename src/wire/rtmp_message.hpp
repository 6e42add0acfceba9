// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What RTMP peers say to each other besides media: protocol control messages, user control events
// and commands. Builders append whole messages; the chunk size of the connection comes with each.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "wire/amf0.hpp"
#include "wire/rtmp_chunk.hpp"

namespace livedub::wire {

struct RtmpCommand {
    std::string name;
    double transaction = 0;
    std::vector<AmfValue> arguments;  // the first is the command object, most often null

    /// The text of argument `index`; empty when there is none or it is no text.
    [[nodiscard]] std::string text(std::size_t index) const;
};

/// Decodes a command message, AMF0 or in the AMF3 wrapper.
///
/// Errors: kProtocol when it is no name and transaction number, or not AMF0.
[[nodiscard]] Result<RtmpCommand> parse_command(const RtmpMessage& message);

enum class UserEvent : std::uint16_t {
    kStreamBegin = 0,
    kStreamEof = 1,
    kStreamDry = 2,
    kSetBufferLength = 3,
    kStreamIsRecorded = 4,
    kPingRequest = 6,
    kPingResponse = 7,
};

struct UserControl {
    UserEvent event = UserEvent::kStreamBegin;
    std::uint32_t value = 0;
};

/// Errors: kProtocol when cut short. Events with no 4-byte value have 0.
[[nodiscard]] Result<UserControl> parse_user_control(ByteView payload);

void append_set_chunk_size(Bytes& out, std::uint32_t chunk_size);
void append_window_ack_size(Bytes& out, std::uint32_t bytes);
void append_set_peer_bandwidth(Bytes& out, std::uint32_t bytes);
void append_acknowledgement(Bytes& out, std::uint32_t bytes_received);
void append_user_control(Bytes& out, const UserControl& control);

/// A command or its answer: name, transaction, then the values.
void append_command(Bytes& out, std::uint32_t stream_id, std::string_view name, double transaction,
                    std::initializer_list<AmfValue> values, std::uint32_t chunk_size);

enum class StatusLevel { kStatus = 1, kError = 2 };

/// onStatus on a stream: what happened to publish or play.
void append_status(Bytes& out, std::uint32_t stream_id, StatusLevel level, std::string_view code,
                   std::string_view description, std::uint32_t chunk_size);

/// A publisher's "@setDataFrame" unwrapped: what players are to see of a data message. nullopt when
/// there is nothing for them in it ("@clearDataFrame").
///
/// Errors: kProtocol when the message is not AMF0.
[[nodiscard]] Result<std::optional<Bytes>> data_for_players(const RtmpMessage& message);

}  // namespace livedub::wire
