// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// RTMP's chunk layer (specification 1.0, section 5.3): messages cut into chunks so that large ones
// do not block small ones. The reader puts them together again whatever the pieces TCP delivers;
// the writer always writes full headers, which makes the bytes of a message the same for every
// receiver: they are made once and shared.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "wire/bytes.hpp"

namespace livedub::wire {

enum class MessageType : std::uint8_t {
    kSetChunkSize = 1,
    kAbort = 2,
    kAcknowledgement = 3,
    kUserControl = 4,
    kWindowAckSize = 5,
    kSetPeerBandwidth = 6,
    kAudio = 8,
    kVideo = 9,
    kDataAmf3 = 15,
    kCommandAmf3 = 17,
    kData = 18,
    kCommand = 20,
    kAggregate = 22,
};

struct RtmpMessage {
    MessageType type = MessageType::kCommand;
    std::uint32_t timestamp_ms = 0;  // wraps at 2^32
    std::uint32_t stream_id = 0;
    Bytes payload;
};

struct ChunkLimits {
    std::size_t message_bytes = std::size_t{16} << 20U;
    std::size_t chunk_streams = 64;  // real peers use fewer than ten
};

inline constexpr std::uint32_t kDefaultChunkSize = 128;

/// Bytes in, messages out. Handles "set chunk size" and "abort" itself and does not return them.
/// After an error the reader must not be fed again.
class ChunkReader {
  public:
    explicit ChunkReader(const ChunkLimits& limits = {}) : limits_{limits} {}

    /// Takes what has arrived and appends the messages it completed.
    ///
    /// Memory held is at most the messages begun: together no more than twice the message limit.
    ///
    /// Errors: kProtocol for chunks that no sender may send or that exceed the limits.
    [[nodiscard]] Result<void> feed(ByteView bytes, std::vector<RtmpMessage>& out);

    [[nodiscard]] std::uint32_t chunk_size() const noexcept { return chunk_size_; }

  private:
    struct ChunkStream {
        std::uint32_t id = 0;
        std::uint32_t timestamp = 0;
        std::uint32_t field = 0;  // the last timestamp or delta that was sent
        std::uint32_t length = 0;
        std::uint32_t stream_id = 0;
        MessageType type = MessageType::kCommand;
        bool has_header = false;
        bool is_extended = false;
        bool is_open = false;  // a message is begun
        Bytes payload;
    };

    /// How many bytes of `bytes` the next chunk header took; 0 when more are needed.
    [[nodiscard]] Result<std::size_t> take_header(ByteView bytes);
    [[nodiscard]] Result<void> begin_message(ChunkStream& stream);
    [[nodiscard]] Result<void> finish_message(ChunkStream& stream, std::vector<RtmpMessage>& out);
    [[nodiscard]] Result<void> apply(const RtmpMessage& control);
    [[nodiscard]] Result<std::size_t> find_stream(std::uint32_t id);

    ChunkLimits limits_;
    std::uint32_t chunk_size_ = kDefaultChunkSize;
    std::vector<ChunkStream> streams_;
    std::size_t current_ = 0;     // the stream whose chunk is being read
    std::size_t chunk_left_ = 0;  // payload bytes of it still to come
    std::size_t open_bytes_ = 0;  // lengths of all messages begun
    bool in_chunk_ = false;
    Bytes carry_;  // a header that is not complete yet
};

/// Where a message travels: by convention one chunk stream for each kind.
enum class ChunkStreamId : std::uint8_t {
    kControl = 2,
    kCommand = 3,
    kAudio = 4,
    kStatus = 5,
    kVideo = 6,
    kData = 7,
};

/// Appends one message in chunks of `chunk_size`, the first with a full header.
void append_message(Bytes& out, ChunkStreamId via, MessageType type, std::uint32_t timestamp_ms,
                    std::uint32_t stream_id, ByteView payload, std::uint32_t chunk_size);

}  // namespace livedub::wire
