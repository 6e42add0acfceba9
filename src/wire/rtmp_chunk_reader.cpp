// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "wire/rtmp_chunk.hpp"

namespace livedub::wire {
namespace {

constexpr std::uint32_t kExtendedMark = 0xFFFFFF;
constexpr std::size_t kMaxHeader = 3 + 11 + 4;
constexpr std::uint32_t kMaxChunkSize = 0x7FFFFFFF;
/// Reserved at once for a message: what keyframes have. Longer ones grow as they come.
constexpr std::size_t kTrustedLength = std::size_t{256} << 10U;
/// Message header bytes after the basic header, by chunk type.
constexpr std::array<std::size_t, 4> kHeaderSizes = {11, 7, 3, 0};

struct BasicHeader {
    std::uint8_t format = 0;
    std::uint32_t id = 0;
    std::size_t size = 0;  // 0: more bytes are needed
};

BasicHeader parse_basic_header(ByteView bytes) {
    if (bytes.empty()) {
        return {};
    }
    const auto format = static_cast<std::uint8_t>(bytes[0] >> 6U);
    const std::uint32_t id = bytes[0] & 0x3FU;
    if (id >= 2) {
        return {format, id, 1};
    }
    const std::size_t size = id == 0 ? 2 : 3;
    if (bytes.size() < size) {
        return {};
    }
    const std::uint32_t low = 64U + bytes[1];
    return {format, id == 0 ? low : low + (static_cast<std::uint32_t>(bytes[2]) << 8U), size};
}

}  // namespace

Result<void> ChunkReader::feed(ByteView bytes, std::vector<RtmpMessage>& out) {
    Bytes joined;  // see below; outlives the views of it
    while (true) {
        if (!in_chunk_) {
            // The end of the last piece and the start of this one may make up the header.
            const std::size_t carried = carry_.size();
            ByteView header = bytes;
            if (carried > 0) {
                append_bytes(carry_, bytes.first(std::min(bytes.size(), kMaxHeader - carried)));
                header = carry_;
            }
            auto taken = take_header(header);
            if (!taken) {
                return tl::unexpected{std::move(taken).error()};
            }
            if (*taken == 0) {
                if (carried == 0) {
                    carry_.assign(bytes.begin(), bytes.end());
                }
                return {};
            }
            if (*taken >= carried) {
                bytes = bytes.subspan(*taken - carried);
            } else {  // what looked like an extended timestamp was payload after all
                Bytes payload_first{carry_.begin() + static_cast<std::ptrdiff_t>(*taken),
                                    carry_.begin() + static_cast<std::ptrdiff_t>(carried)};
                append_bytes(payload_first, bytes);
                joined = std::move(payload_first);
                bytes = joined;
            }
            carry_.clear();
        }
        auto& stream = streams_[current_];
        const std::size_t size = std::min(chunk_left_, bytes.size());
        append_bytes(stream.payload, bytes.first(size));
        bytes = bytes.subspan(size);
        chunk_left_ -= size;
        if (chunk_left_ > 0) {
            return {};
        }
        in_chunk_ = false;
        if (stream.payload.size() == stream.length) {
            if (auto finished = finish_message(stream, out); !finished) {
                return finished;
            }
        }
    }
}

Result<std::size_t> ChunkReader::find_stream(std::uint32_t id) {
    const auto found = std::ranges::find(streams_, id, &ChunkStream::id);
    if (found != streams_.end()) {
        return static_cast<std::size_t>(found - streams_.begin());
    }
    if (streams_.size() == limits_.chunk_streams) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("more than {} chunk streams", limits_.chunk_streams));
    }
    streams_.emplace_back().id = id;
    return streams_.size() - 1;
}

Result<std::size_t> ChunkReader::take_header(ByteView bytes) {
    const auto basic = parse_basic_header(bytes);
    if (basic.size == 0) {
        return 0;
    }
    std::size_t size = basic.size + kHeaderSizes.at(basic.format);
    if (bytes.size() < size) {
        return 0;
    }
    auto index = find_stream(basic.id);
    if (!index) {
        return index;
    }
    auto& stream = streams_[*index];
    if (basic.format == 3 && !stream.has_header) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("chunk stream {} continues nothing", basic.id));
    }
    const std::uint8_t* const at = bytes.data() + basic.size;
    const std::uint32_t short_field = basic.format == 3 ? 0 : read_be24(at);
    const bool is_extended = basic.format == 3 ? stream.is_extended : short_field == kExtendedMark;
    std::uint32_t field = basic.format == 3 ? stream.field : short_field;
    if (is_extended) {
        if (bytes.size() < size + 4) {
            return 0;
        }
        const std::uint32_t extended = read_be32(bytes.data() + size);
        if (basic.format != 3) {
            field = extended;
            size += 4;
        } else if (extended == field) {
            size += 4;  // the specification repeats it on every chunk; some senders do not
        }
    }
    if (stream.is_open && basic.format != 3) {
        return fail(ErrorCode::kProtocol,
                    fmt::format("chunk stream {} begins a message inside another", basic.id));
    }
    if (basic.format <= 1) {
        stream.length = read_be24(at + 3);
        stream.type = static_cast<MessageType>(at[6]);
    }
    if (basic.format == 0) {  // the one little-endian number of the protocol
        stream.stream_id = at[7] | static_cast<std::uint32_t>(at[8]) << 8U |
                           static_cast<std::uint32_t>(at[9]) << 16U |
                           static_cast<std::uint32_t>(at[10]) << 24U;
    }
    stream.field = field;
    stream.is_extended = is_extended;
    if (!stream.is_open) {
        stream.timestamp = basic.format == 0 ? field : stream.timestamp + field;
        stream.has_header = true;
        if (auto begun = begin_message(stream); !begun) {
            return tl::unexpected{std::move(begun).error()};
        }
    }
    current_ = *index;
    chunk_left_ = std::min<std::size_t>(chunk_size_, stream.length - stream.payload.size());
    in_chunk_ = true;
    return size;
}

Result<void> ChunkReader::begin_message(ChunkStream& stream) {
    if (stream.length > limits_.message_bytes) {
        return fail(ErrorCode::kProtocol, fmt::format("message of {} bytes (limit {})",
                                                      stream.length, limits_.message_bytes));
    }
    if (open_bytes_ + stream.length > 2 * limits_.message_bytes) {
        return fail(ErrorCode::kProtocol, "too many messages begun and not finished");
    }
    open_bytes_ += stream.length;
    stream.is_open = true;
    stream.payload.reserve(std::min<std::size_t>(stream.length, kTrustedLength));
    return {};
}

Result<void> ChunkReader::finish_message(ChunkStream& stream, std::vector<RtmpMessage>& out) {
    open_bytes_ -= stream.length;
    stream.is_open = false;
    RtmpMessage message{.type = stream.type,
                        .timestamp_ms = stream.timestamp,
                        .stream_id = stream.stream_id,
                        .payload = std::move(stream.payload)};
    stream.payload = {};
    if (message.type == MessageType::kSetChunkSize || message.type == MessageType::kAbort) {
        return apply(message);
    }
    out.push_back(std::move(message));
    return {};
}

Result<void> ChunkReader::apply(const RtmpMessage& control) {
    if (control.payload.size() < 4) {
        return fail(ErrorCode::kProtocol, "control message of fewer than 4 bytes");
    }
    const std::uint32_t value = read_be32(control.payload.data());
    if (control.type == MessageType::kSetChunkSize) {
        if (value == 0 || value > kMaxChunkSize) {
            return fail(ErrorCode::kProtocol, fmt::format("chunk size {}", value));
        }
        chunk_size_ = value;
        return {};
    }
    const auto aborted = std::ranges::find(streams_, value, &ChunkStream::id);
    if (aborted != streams_.end() && aborted->is_open) {
        open_bytes_ -= aborted->length;
        aborted->is_open = false;
        aborted->payload = {};
    }
    return {};
}

}  // namespace livedub::wire
