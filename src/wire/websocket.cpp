// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/websocket.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <openssl/evp.h>

#include "wire/base64.hpp"
#include "wire/utf8.hpp"

namespace livedub::wire {
namespace {

constexpr unsigned kLastFrame = 0x80;
constexpr unsigned kReserved = 0x70;
constexpr unsigned kOpcode = 0x0F;
constexpr unsigned kMasked = 0x80;
constexpr unsigned kSize = 0x7F;
constexpr unsigned kSizeIn16Bits = 126;
constexpr unsigned kSizeIn64Bits = 127;
constexpr std::size_t kMostControlBytes = 125;
/// The room made for a payload when the first of it has come.
constexpr std::size_t kFirstRoom = std::size_t{256} << 10U;
/// Of a payload at a time, so that what was unmasked is still at hand when it is copied.
constexpr std::size_t kPiece = std::size_t{8} << 10U;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

/// How many bytes the size takes beyond the one that is always there.
std::size_t extra_size_bytes(unsigned size) {
    return size == kSizeIn64Bits ? 8 : size == kSizeIn16Bits ? 2 : 0;
}

/// How many bytes a head has that begins like this.
std::size_t size_of_head(std::string_view begun) {
    constexpr std::size_t kFixed = 2;
    constexpr std::size_t kMask = 4;
    if (begun.size() < kFixed) {
        return kFixed;
    }
    const unsigned second = byte_at(begun, 1);
    return kFixed + extra_size_bytes(second & kSize) + ((second & kMasked) != 0 ? kMask : 0);
}

std::uint64_t read_number(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        number = number << 8U | byte_at(bytes, at);
    }
    return number;
}

void append_number(std::string& bytes, std::uint64_t number, unsigned size) {
    while (size-- > 0) {
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(number >> 8U * size)));
    }
}

bool is_known(unsigned opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

WebSocketViolation broken(std::string_view what) {
    return {.code = kWebSocketProtocolError, .what = what};
}

/// Codes that may be sent (RFC 6455, 7.4, and the registry it began).
bool is_close_code(std::uint64_t code) {
    return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) ||
           (code >= 3000 && code <= 4999);
}

using Word = std::uint64_t;
using Wide [[gnu::vector_size(32)]] = Word;  // in two registers where there are none so wide
constexpr Word kNoAscii = 0x8080808080808080U;

/// Of whole `Wide`s. Returns all bits that came out, of whichever word.
[[gnu::always_inline]] inline Word mask_any_blocks(std::span<char> blocks, Word mask) {
    Wide seen{};
    for (std::size_t at = 0; at < blocks.size(); at += sizeof(Wide)) {
        Wide block;
        std::memcpy(&block, blocks.data() + at, sizeof block);
        block ^= mask;
        seen |= block;
        std::memcpy(blocks.data() + at, &block, sizeof block);
    }
    return seen[0] | seen[1] | seen[2] | seen[3];
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] Word mask_blocks_wide(std::span<char> blocks, Word mask) {
    return mask_any_blocks(blocks, mask);
}
#endif

Word mask_blocks(std::span<char> blocks, Word mask) {
#if defined(__x86_64__)
    if (static_cast<bool>(__builtin_cpu_supports("avx2"))) {
        return mask_blocks_wide(blocks, mask);
    }
#endif
    return mask_any_blocks(blocks, mask);
}

std::optional<WebSocketViolation> check_close(std::string_view payload) {
    if (payload.empty()) {
        return std::nullopt;
    }
    if (payload.size() < 2 || !is_close_code(read_number(payload.substr(0, 2)))) {
        return broken("a close frame without a code that may be sent");
    }
    if (!is_utf8(payload.substr(2))) {
        return WebSocketViolation{.code = kWebSocketBadText, .what = "a reason that is no UTF-8"};
    }
    return std::nullopt;
}

}  // namespace

WebSocketReader::Taken WebSocketReader::take(std::span<char>& bytes) {
    while (true) {
        if (!has_head_) {
            if (!take_head(bytes)) {
                return std::nullopt;
            }
            if (const auto violation = begin_frame()) {
                return tl::unexpected{*violation};
            }
        }
        take_payload(bytes);
        if (missing_ > 0) {
            return std::nullopt;
        }
        auto ended = end_frame();
        if (!ended || *ended) {
            return ended;
        }
    }
}

bool WebSocketReader::take_head(std::span<char>& bytes) {
    while (true) {
        const auto size = size_of_head(head_);
        if (head_.size() == size) {
            return true;
        }
        if (bytes.empty()) {
            return false;
        }
        const auto part = bytes.first(std::min(size - head_.size(), bytes.size()));
        head_.append(part.data(), part.size());
        bytes = bytes.subspan(part.size());
    }
}

std::optional<WebSocketViolation> WebSocketReader::begin_frame() {
    const unsigned first = byte_at(head_, 0);
    const unsigned second = byte_at(head_, 1);
    if ((first & kReserved) != 0 || !is_known(first & kOpcode)) {
        return broken("a frame of an unknown kind");
    }
    if ((second & kMasked) == 0) {
        return broken("a frame without a mask");
    }
    opcode_ = static_cast<WebSocketOpcode>(first & kOpcode);
    is_last_ = (first & kLastFrame) != 0;
    const auto extra = extra_size_bytes(second & kSize);
    const std::uint64_t size =
        extra == 0 ? second & kSize : read_number(std::string_view{head_}.substr(2, extra));
    if (is_control() && (!is_last_ || size > kMostControlBytes)) {
        return broken("a control frame that is no small one");
    }
    if (!is_control() && is_continued_ != (opcode_ == WebSocketOpcode::kContinuation)) {
        return broken("a frame out of its message");
    }
    if ((extra == 2 && size < kSizeIn16Bits) || (extra == 8 && size <= 0xFFFF)) {
        return broken("a size in more bytes than it takes");
    }
    if (!is_control() && size > most_bytes_ - std::min(message_.bytes.size(), most_bytes_)) {
        return WebSocketViolation{.code = kWebSocketTooBig, .what = "a message that is too big"};
    }
    if (!is_control() && !is_continued_) {
        kind_ = opcode_;
        is_continued_ = true;
    }
    std::ranges::copy(std::string_view{head_}.substr(2 + extra), mask_.begin());
    unmasked_ = 0;
    missing_ = static_cast<std::size_t>(size);
    head_.clear();
    has_head_ = true;
    return std::nullopt;
}

void WebSocketReader::take_payload(std::span<char>& bytes) {
    const auto part = bytes.first(std::min(missing_, bytes.size()));
    auto& [text, is_ascii] = payload();
    if (text.capacity() - text.size() < part.size()) {
        const auto most = std::max({text.size(), part.size(), kFirstRoom});
        text.reserve(text.size() + std::min(missing_, most));
    }
    for (auto rest = part; !rest.empty();) {
        const auto piece = rest.first(std::min(rest.size(), kPiece));
        is_ascii &= apply_websocket_mask(piece, mask_, unmasked_);
        text.append(piece.data(), piece.size());
        unmasked_ += piece.size();
        rest = rest.subspan(piece.size());
    }
    bytes = bytes.subspan(part.size());
    missing_ -= part.size();
}

WebSocketReader::Taken WebSocketReader::end_frame() {
    has_head_ = false;
    if (!is_control() && !is_last_) {
        return std::nullopt;
    }
    auto [bytes, is_ascii] = std::exchange(payload(), {});
    WebSocketMessage whole{.opcode = opcode_, .bytes = std::move(bytes)};
    if (opcode_ == WebSocketOpcode::kClose) {
        if (const auto violation = check_close(whole.bytes)) {
            return tl::unexpected{*violation};
        }
    }
    if (!is_control()) {
        whole.opcode = kind_;
        is_continued_ = false;
        if (kind_ == WebSocketOpcode::kText && !is_ascii && !is_utf8(whole.bytes)) {
            return tl::unexpected{
                WebSocketViolation{.code = kWebSocketBadText, .what = "text that is no UTF-8"}};
        }
    }
    return whole;
}

std::string encode_websocket_head(WebSocketOpcode opcode, std::size_t size) {
    std::string head(1, static_cast<char>(kLastFrame | static_cast<unsigned>(opcode)));
    if (size < kSizeIn16Bits) {
        append_number(head, size, 1);
    } else if (size <= 0xFFFF) {
        append_number(head, kSizeIn16Bits, 1);
        append_number(head, size, 2);
    } else {
        append_number(head, kSizeIn64Bits, 1);
        append_number(head, size, 8);
    }
    return head;
}

std::string encode_websocket_close(std::uint16_t code) {
    std::string payload;
    append_number(payload, code, 2);
    return payload;
}

std::optional<std::string> accept_websocket_key(std::string_view key) {
    constexpr std::size_t kKeyBytes = 16;
    constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    if (const auto decoded = decode_base64(key); !decoded || decoded->size() != kKeyBytes) {
        return std::nullopt;
    }
    const std::string text = std::string{key}.append(kGuid);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) {
        return std::nullopt;
    }
    return encode_base64({reinterpret_cast<const char*>(digest.data()), size});
}

bool apply_websocket_mask(std::span<char> bytes, const std::array<char, 4>& mask,
                          std::size_t done) noexcept {
    std::array<char, sizeof(Word)> pattern{};
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        pattern[i] = mask[(done + i) % mask.size()];
    }
    Word mask_word = 0;
    std::memcpy(&mask_word, pattern.data(), sizeof mask_word);
    const auto blocks = bytes.first(bytes.size() / sizeof(Wide) * sizeof(Wide));
    Word seen = mask_blocks(blocks, mask_word);
    for (std::size_t at = blocks.size(); at < bytes.size(); ++at) {
        const auto byte =
            static_cast<unsigned char>(static_cast<unsigned char>(bytes[at]) ^
                                       static_cast<unsigned char>(pattern[at % pattern.size()]));
        bytes[at] = static_cast<char>(byte);
        seen |= byte;
    }
    return (seen & kNoAscii) == 0;
}

}  // namespace livedub::wire
