// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/rtmp_handshake.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.hpp"

namespace livedub::wire {
namespace {

constexpr std::uint8_t kPlainVersion = 3;
constexpr std::size_t kDigestSize = 32;

// Flash's well-known keys: a name that is used alone, and 32 bytes that follow it in the full key.
constexpr std::string_view kServerName = "Genuine Adobe Flash Media Server 001";
constexpr std::string_view kClientName = "Genuine Adobe Flash Player 001";
constexpr std::array<std::uint8_t, 32> kKeyTail = {
    0xF0, 0xEE, 0xC2, 0x4A, 0x80, 0x68, 0xBE, 0xE8, 0x2E, 0x00, 0xD0, 0xD1, 0x02, 0x9E, 0x7E, 0x57,
    0x6E, 0xEC, 0x5D, 0x2D, 0x29, 0x80, 0x6F, 0xAB, 0x93, 0xB8, 0xE6, 0x36, 0xCF, 0xEB, 0x31, 0xAE};

ByteView view_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Digest hmac_sha256(ByteView key, ByteView message) {
    Digest digest{};
    unsigned size = 0;
    const auto* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(),
                            message.size(), digest.data(), &size);
    LIVEDUB_CHECK(made != nullptr && size == kDigestSize);
    return digest;
}

void fill_noise(std::span<std::uint8_t> bytes, std::uint64_t seed) {
    for (auto& byte : bytes) {  // splitmix64
        seed += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = (seed ^ (seed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
        byte = static_cast<std::uint8_t>(mixed >> 56U);
    }
}

struct Signature {
    DigestScheme scheme;
    Digest digest;
};

std::optional<Signature> find_signature(std::span<const std::uint8_t, kHandshakeSize> first) {
    for (const auto scheme : {DigestScheme::kAt8, DigestScheme::kAt772}) {
        const std::size_t position = digest_position(first, scheme);
        const auto expected = packet_digest(first, position, client_signing_key());
        if (std::ranges::equal(expected, first.subspan(position, kDigestSize))) {
            return Signature{scheme, expected};
        }
    }
    return std::nullopt;
}

}  // namespace

ByteView client_signing_key() {
    return view_of(kClientName);
}
ByteView server_signing_key() {
    return view_of(kServerName);
}

std::size_t digest_position(std::span<const std::uint8_t, kHandshakeSize> packet,
                            DigestScheme scheme) {
    const std::size_t at = scheme == DigestScheme::kAt8 ? 8 : 772;
    const std::size_t sum =
        static_cast<std::size_t>(packet[at]) + packet[at + 1] + packet[at + 2] + packet[at + 3];
    return sum % 728 + at + 4;
}

Digest packet_digest(std::span<const std::uint8_t, kHandshakeSize> packet, std::size_t position,
                     ByteView key) {
    Bytes message;
    message.reserve(kHandshakeSize - kDigestSize);
    append_bytes(message, packet.first(position));
    append_bytes(message, packet.subspan(position + kDigestSize));
    return hmac_sha256(key, message);
}

Result<std::size_t> RtmpServerHandshake::feed(ByteView bytes, Bytes& out) {
    std::size_t used = 0;
    if (state_ == State::kVersion && !bytes.empty()) {
        if (bytes[0] != kPlainVersion) {
            return fail(ErrorCode::kProtocol, fmt::format("RTMP version {}", bytes[0]));
        }
        used = 1;
        state_ = State::kFirst;
    }
    if (state_ == State::kFirst) {
        const std::size_t size = std::min(kHandshakeSize - filled_, bytes.size() - used);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(used), size,
                    first_.begin() + static_cast<std::ptrdiff_t>(filled_));
        filled_ += size;
        used += size;
        if (filled_ == kHandshakeSize) {
            answer(out);
            state_ = State::kSecond;
            filled_ = 0;
        }
    }
    if (state_ == State::kSecond) {  // C2 proves nothing that matters here: count it
        const std::size_t size = std::min(kHandshakeSize - filled_, bytes.size() - used);
        filled_ += size;
        used += size;
        if (filled_ == kHandshakeSize) {
            state_ = State::kDone;
        }
    }
    return used;
}

void RtmpServerHandshake::answer(Bytes& out) const {
    std::array<std::uint8_t, kHandshakeSize> first{};  // S1
    fill_noise(std::span{first}.subspan(8), seed_);
    std::array<std::uint8_t, kHandshakeSize> second = first_;  // S2, an echo when plain

    // A client that signs says so with a version in bytes 4..7.
    const bool may_be_signed = read_be32(&first_[4]) != 0;
    if (const auto signature = may_be_signed ? find_signature(first_) : std::nullopt) {
        first[4] = 5;  // the version of the server whose handshake this is; clients want >= 3
        first[7] = 1;
        const std::size_t position = digest_position(first, signature->scheme);
        const auto digest = packet_digest(first, position, server_signing_key());
        std::ranges::copy(digest, first.begin() + static_cast<std::ptrdiff_t>(position));

        Bytes full_key;
        append_bytes(full_key, server_signing_key());
        append_bytes(full_key, kKeyTail);
        const auto key = hmac_sha256(full_key, signature->digest);
        fill_noise(second, ~seed_);
        const auto unsigned_part = std::span{second}.first(kHandshakeSize - kDigestSize);
        std::ranges::copy(hmac_sha256(key, unsigned_part), second.end() - kDigestSize);
    }
    out.push_back(kPlainVersion);
    append_bytes(out, first);
    append_bytes(out, second);
}

}  // namespace livedub::wire
