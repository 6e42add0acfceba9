// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// WebSocket (RFC 6455) as a server speaks it, without extensions: what a client sends becomes
// messages, and messages to it get their heads. Bytes in, values out; who waits for what is net's.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace livedub::wire {

/// The number on the wire, kept as the enumerator's value.
enum class WebSocketOpcode : std::uint8_t {
    kContinuation = 0,
    kText = 1,
    kBinary = 2,
    kClose = 8,
    kPing = 9,
    kPong = 10,
};

/// A whole message, or a control frame.
struct WebSocketMessage {
    WebSocketOpcode opcode = WebSocketOpcode::kText;
    std::string bytes;

    friend bool operator==(const WebSocketMessage&, const WebSocketMessage&) = default;
};

/// Why nothing more can be read, and the code to part with (RFC 6455, 7.4.1).
struct WebSocketViolation {
    std::uint16_t code = 0;
    std::string_view what;
};

inline constexpr std::uint16_t kWebSocketProtocolError = 1002;
inline constexpr std::uint16_t kWebSocketBadText = 1007;
inline constexpr std::uint16_t kWebSocketTooBig = 1009;

/// Puts a client's frames together. Memory grows with what has come, not with what was announced.
class WebSocketReader {
  public:
    using Taken = tl::expected<std::optional<WebSocketMessage>, WebSocketViolation>;

    /// @param most_bytes Of a whole message, however many frames it has.
    explicit WebSocketReader(std::size_t most_bytes) : most_bytes_{most_bytes} {}

    /// Takes from the front of `bytes` as far as the end of a message, which it returns; nullopt:
    /// all was taken and there must be more. After an error nothing can be read any more.
    ///
    /// @param bytes What is taken of them is written to: masks are taken off where they are.
    [[nodiscard]] Taken take(std::span<char>& bytes);

    /// What has come of a message that is not whole, without heads and control frames.
    [[nodiscard]] std::size_t incomplete_bytes() const noexcept { return message_.bytes.size(); }
    /// What is held for it.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        return message_.bytes.empty() ? 0 : message_.bytes.capacity();
    }

    /// Of the messages, and the parts of one, that begin after this.
    void set_most_bytes(std::size_t most_bytes) noexcept { most_bytes_ = most_bytes; }

  private:
    /// A payload, as far as it has come.
    struct Payload {
        std::string bytes;
        bool is_ascii = true;  // valid UTF-8 without another look
    };

    [[nodiscard]] bool take_head(std::span<char>& bytes);
    [[nodiscard]] std::optional<WebSocketViolation> begin_frame();
    void take_payload(std::span<char>& bytes);
    [[nodiscard]] Taken end_frame();
    [[nodiscard]] bool is_control() const noexcept { return opcode_ >= WebSocketOpcode::kClose; }
    [[nodiscard]] Payload& payload() noexcept { return is_control() ? control_ : message_; }

    std::size_t most_bytes_;
    std::string head_;  // of a frame, as far as it has come
    // The frame under way.
    bool has_head_ = false;
    bool is_last_ = false;
    WebSocketOpcode opcode_ = WebSocketOpcode::kText;
    std::array<char, 4> mask_{};
    std::size_t unmasked_ = 0;  // of its payload
    std::size_t missing_ = 0;   // of its payload
    // The message under way, which control frames may interrupt.
    bool is_continued_ = false;
    WebSocketOpcode kind_ = WebSocketOpcode::kText;
    Payload message_;
    Payload control_;
};

/// What goes before the payload of an unfragmented message to a client.
[[nodiscard]] std::string encode_websocket_head(WebSocketOpcode opcode, std::size_t size);

/// The payload of a close frame that gives no reason.
[[nodiscard]] std::string encode_websocket_close(std::uint16_t code);

/// The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key; nullopt when that is none.
[[nodiscard]] std::optional<std::string> accept_websocket_key(std::string_view key);

/// Masks or unmasks. @param done How many bytes of the payload go before these.
/// @return Whether all that came out is ASCII.
bool apply_websocket_mask(std::span<char> bytes, const std::array<char, 4>& mask,
                          std::size_t done) noexcept;

}  // namespace livedub::wire
