// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's half of the RTMP handshake: 1 + 1536 bytes each way, then 1536 back. Two forms are
// spoken, and the client chooses: plain (echo the random bytes) and digest (HMAC-SHA256 signatures
// at one of two places, "scheme 0" and "scheme 1"), which Flash-derived clients insist on.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "wire/bytes.hpp"

namespace livedub::wire {

inline constexpr std::size_t kHandshakeSize = 1536;

class RtmpServerHandshake {
  public:
    /// @param seed Varies the bytes that have to be unpredictable-looking, not secret.
    explicit RtmpServerHandshake(std::uint64_t seed) : seed_{seed} {}

    /// Takes what the client sent and appends the answer to `out`.
    ///
    /// @return How many of `bytes` belong to the handshake: all of them until is_done().
    ///
    /// Errors: kProtocol when the first byte is no RTMP version that we speak.
    [[nodiscard]] Result<std::size_t> feed(ByteView bytes, Bytes& out);

    [[nodiscard]] bool is_done() const noexcept { return state_ == State::kDone; }

  private:
    enum class State { kVersion = 1, kFirst = 2, kSecond = 3, kDone = 4 };

    void answer(Bytes& out) const;

    std::uint64_t seed_;
    State state_ = State::kVersion;
    std::array<std::uint8_t, kHandshakeSize> first_{};  // the client's C1
    std::size_t filled_ = 0;                            // of C1, then of C2
};

using Digest = std::array<std::uint8_t, 32>;

enum class DigestScheme { kAt8 = 0, kAt772 = 1 };

/// Where the digest lies in a C1 or S1 of `scheme`: an offset the packet itself encodes.
[[nodiscard]] std::size_t digest_position(std::span<const std::uint8_t, kHandshakeSize> packet,
                                          DigestScheme scheme);

/// HMAC-SHA256 over the packet without the 32 bytes at `position`.
[[nodiscard]] Digest packet_digest(std::span<const std::uint8_t, kHandshakeSize> packet,
                                   std::size_t position, ByteView key);

/// The key a client signs C1 with, and the one we sign S1 with.
[[nodiscard]] ByteView client_signing_key();
[[nodiscard]] ByteView server_signing_key();

}  // namespace livedub::wire
