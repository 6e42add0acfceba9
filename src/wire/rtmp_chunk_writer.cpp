// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "base/check.hpp"
#include "wire/rtmp_chunk.hpp"

namespace livedub::wire {

void append_message(Bytes& out, ChunkStreamId via, MessageType type, std::uint32_t timestamp_ms,
                    std::uint32_t stream_id, ByteView payload, std::uint32_t chunk_size) {
    constexpr std::uint32_t kExtendedMark = 0xFFFFFF;
    constexpr std::uint8_t kContinuation = 0xC0;
    LIVEDUB_CHECK(payload.size() < (1U << 24U) && chunk_size > 0);
    const bool is_extended = timestamp_ms >= kExtendedMark;
    const std::size_t continuation_size = is_extended ? 5 : 1;
    out.reserve(out.size() + 16 + payload.size() + payload.size() / chunk_size * continuation_size);

    out.push_back(static_cast<std::uint8_t>(via));
    append_be24(out, is_extended ? kExtendedMark : timestamp_ms);
    append_be24(out, static_cast<std::uint32_t>(payload.size()));
    out.push_back(static_cast<std::uint8_t>(type));
    for (unsigned shift = 0; shift < 32; shift += 8) {  // little-endian, alone in the protocol
        out.push_back(static_cast<std::uint8_t>(stream_id >> shift));
    }
    if (is_extended) {
        append_be32(out, timestamp_ms);
    }
    while (true) {
        const std::size_t size = std::min<std::size_t>(payload.size(), chunk_size);
        append_bytes(out, payload.first(size));
        payload = payload.subspan(size);
        if (payload.empty()) {
            return;
        }
        out.push_back(static_cast<std::uint8_t>(kContinuation | static_cast<std::uint8_t>(via)));
        if (is_extended) {
            append_be32(out, timestamp_ms);
        }
    }
}

}  // namespace livedub::wire
