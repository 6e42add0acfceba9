// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/flv.hpp"

#include <memory>

#include <fmt/format.h>

#include "base/check.hpp"

namespace livedub::wire {
namespace {

constexpr std::size_t kHeaderSize = 9;
constexpr std::size_t kTagHeaderSize = 11;
constexpr std::size_t kPreviousTagSize = 4;
constexpr std::uint8_t kEncrypted = 0x20;
constexpr std::uint32_t kMaxHeaderSize = 1024;  // real ones say 9; more is room for extensions

/// How many of `bytes` the header takes; 0 when more are needed.
Result<std::size_t> take_header(ByteView bytes) {
    if (bytes.size() < kHeaderSize) {
        return 0;
    }
    if (bytes[0] != 'F' || bytes[1] != 'L' || bytes[2] != 'V') {
        return fail(ErrorCode::kProtocol, "not an FLV stream");
    }
    const std::uint32_t size = read_be32(&bytes[5]);
    if (size < kHeaderSize || size > kMaxHeaderSize) {
        return fail(ErrorCode::kProtocol, fmt::format("FLV header says {} bytes", size));
    }
    const std::size_t with_first_size = size + kPreviousTagSize;
    return bytes.size() < with_first_size ? 0 : with_first_size;
}

/// The same for the next tag, which goes to `tags`.
Result<std::size_t> take_tag(ByteView bytes, std::vector<FlvTag>& tags) {
    if (bytes.size() < kTagHeaderSize) {
        return 0;
    }
    if ((bytes[0] & kEncrypted) != 0) {
        return fail(ErrorCode::kProtocol, "encrypted FLV tag");
    }
    const std::size_t body_size = read_be24(&bytes[1]);
    const std::size_t whole = kTagHeaderSize + body_size + kPreviousTagSize;
    if (bytes.size() < whole) {
        return 0;
    }
    const auto type = static_cast<FlvTagType>(bytes[0] & 0x1FU);
    if (type == FlvTagType::kAudio || type == FlvTagType::kVideo || type == FlvTagType::kScript) {
        const auto body = bytes.subspan(kTagHeaderSize, body_size);
        const std::uint32_t upper = bytes[7];
        tags.push_back({.type = type,
                        .timestamp_ms = upper << 24U | read_be24(&bytes[4]),
                        .body = std::make_shared<const Bytes>(body.begin(), body.end())});
    }
    return whole;
}

}  // namespace

Result<std::vector<FlvTag>> FlvTagReader::feed(ByteView bytes) {
    std::vector<FlvTag> tags;
    // Whole tags in `bytes` are cut in place; only an incomplete end is kept.
    const bool uses_pending = !pending_.empty();
    if (uses_pending) {
        append_bytes(pending_, bytes);
        bytes = pending_;
    }
    while (true) {
        auto taken = has_header_ ? take_tag(bytes, tags) : take_header(bytes);
        if (!taken) {
            return tl::unexpected{std::move(taken).error()};
        }
        if (*taken == 0) {
            break;
        }
        has_header_ = true;
        bytes = bytes.subspan(*taken);
    }
    if (uses_pending) {
        const auto done = static_cast<std::ptrdiff_t>(pending_.size() - bytes.size());
        pending_.erase(pending_.begin(), pending_.begin() + done);
    } else {
        pending_.assign(bytes.begin(), bytes.end());
    }
    return tags;
}

void append_flv_header(Bytes& out, FlvTracks tracks) {
    std::uint8_t flags = 0;
    if (tracks != FlvTracks::kVideo) {
        flags |= 0x04U;
    }
    if (tracks != FlvTracks::kAudio) {
        flags |= 0x01U;
    }
    append_bytes(out, std::array<std::uint8_t, 5>{'F', 'L', 'V', 1, flags});
    append_be32(out, kHeaderSize);
    append_be32(out, 0);
}

void append_flv_tag(Bytes& out, FlvTagType type, std::uint32_t timestamp_ms, ByteView body) {
    LIVEDUB_CHECK(body.size() < (1U << 24U));
    const auto body_size = static_cast<std::uint32_t>(body.size());
    out.reserve(out.size() + kTagHeaderSize + body.size() + kPreviousTagSize);
    out.push_back(static_cast<std::uint8_t>(type));
    append_be24(out, body_size);
    append_be24(out, timestamp_ms);
    out.push_back(static_cast<std::uint8_t>(timestamp_ms >> 24U));
    append_be24(out, 0);  // stream id, always 0
    append_bytes(out, body);
    append_be32(out, static_cast<std::uint32_t>(kTagHeaderSize) + body_size);
}

}  // namespace livedub::wire
