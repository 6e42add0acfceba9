// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One WebSocket connection, server side: messages in, messages out, and one end. Without
// compression; fragmented messages are put together. All of it on the io thread.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "wire/inset.hpp"

namespace livedub::net {

enum class WebSocketKind {
    kText = 1,
    kBinary = 2,
};

struct WebSocketLimits {
    std::size_t message_bytes = std::size_t{1} << 20U;   // of a whole message, however fragmented
    std::size_t buffered_bytes = std::size_t{1} << 20U;  // waiting to be written
    /// For what waits to be written, and the peer's farewell, once close() was called.
    std::chrono::milliseconds closing_timeout{5'000};
};

struct WebSocketEvents {
    std::function<void(WebSocketKind, std::string)> on_message;
    /// Once, last, whoever ended it and for whatever reason; not after abort().
    ///
    /// @param code What was wrong with what came (RFC 6455, 7.4.1); 0: nothing was.
    std::function<void(std::string_view why, std::uint16_t code)> on_close;
};

/// What the WebSockets of one server share. Io thread only.
struct WebSocketTotals {
    std::size_t sockets = 0;         // closing ones among them
    std::size_t incoming_bytes = 0;  // held for messages that are not whole
    std::size_t most_incoming_bytes =
        0;  // the same, at most, but that one is always let in; 0: any
};

/// Lives until it is closed, whether somebody still holds it or not.
class WebSocket {
  public:
    WebSocket() = default;
    virtual ~WebSocket() = default;
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    /// Sends a message, in the order of the calls. One message is always let in; beyond that, false
    /// when buffered_bytes would be exceeded: the message was not taken. After the end, and after
    /// close(), messages are swallowed.
    ///
    /// @param prefix What the message begins with: a few bytes, so that `rest` need not be moved.
    /// @param inset Of `rest`.
    [[nodiscard]] virtual bool send(WebSocketKind kind, std::string_view prefix, std::string rest,
                                    wire::Inset inset) = 0;

    /// From now on messages may have that many bytes.
    virtual void set_message_bytes(std::size_t most) = 0;

    /// Bytes taken by send() and not written yet.
    [[nodiscard]] virtual std::size_t buffered() const noexcept = 0;

    /// Whether a message is under way, in or out, and some of it moved after `since`.
    [[nodiscard]] virtual bool is_busy(SteadyTime since) const noexcept = 0;

    /// Writes what waits, says farewell with `code` (RFC 6455, 7.4) and ends. What still arrives is
    /// dropped, and not kept until it is whole.
    virtual void close(std::uint16_t code) = 0;

    /// Ends at once; no event comes after it.
    virtual void abort() = 0;
};

inline constexpr std::uint16_t kNormalClosure = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kPolicyViolation = 1008;

}  // namespace livedub::net
