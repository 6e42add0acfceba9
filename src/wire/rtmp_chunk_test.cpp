// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/rtmp_chunk.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

// What GStreamer 1.22's rtmp2src sends after the handshake, in order: connect (cut in two chunks),
// window size, buffer length, createStream, play, buffer length, and two ping answers. It uses
// chunk types 0, 1, 2 and 3.
constexpr std::string_view kFromRtmp2Src = R"(
    03 00 00 00 00 00 d0 14 00 00 00 00 02 00 07 63 6f 6e 6e 65 63 74 00 3f f0 00 00 00 00 00 00 03
    00 03 61 70 70 02 00 09 6c 69 76 65 2f 64 65 6d 6f 00 08 66 6c 61 73 68 56 65 72 02 00 0e 4c 4e
    58 20 31 30 2c 30 2c 33 32 2c 31 38 00 05 74 63 55 72 6c 02 00 20 72 74 6d 70 3a 2f 2f 31 32 37
    2e 30 2e 30 2e 31 3a 33 39 30 34 37 2f 6c 69 76 65 2f 64 65 6d 6f 00 04 66 70 61 64 01 00 00 0c
    63 61 70 61 62 69 6c 69 74 69 65 73 c3 00 40 2e 00 00 00 00 00 00 00 0b 61 75 64 69 6f 43 6f 64
    65 63 73 00 40 af ce 00 00 00 00 00 00 0b 76 69 64 65 6f 43 6f 64 65 63 73 00 40 6f 80 00 00 00
    00 00 00 0d 76 69 64 65 6f 46 75 6e 63 74 69 6f 6e 00 3f f0 00 00 00 00 00 00 00 00 09
    02 00 00 00 00 00 04 05 00 00 00 00 00 26 25 a0
    c2 00 26 25 a0
    42 00 00 00 00 00 0a 04 00 03 00 00 00 00 00 00 01 2c
    43 00 00 00 00 00 19 14 02 00 0c 63 72 65 61 74 65 53 74 72 65 61 6d 00 40 00 00 00 00 00 00 00
    05
    03 00 00 00 00 00 1f 14 01 00 00 00 02 00 04 70 6c 61 79 00 00 00 00 00 00 00 00 00 05 02 00 02
    69 6e 00 c0 00 00 00 00 00 00 00
    c2 00 03 00 00 00 01 00 00 75 30
    42 00 00 00 00 00 06 04 00 07 00 38 b6 98
    c2 00 07 00 38 ba 81)";

std::vector<RtmpMessage> read_all(ByteView bytes, std::size_t piece) {
    ChunkReader reader;
    std::vector<RtmpMessage> messages;
    while (!bytes.empty()) {
        const auto taken = bytes.first(std::min(piece, bytes.size()));
        bytes = bytes.subspan(taken.size());
        const auto fed = reader.feed(taken, messages);
        EXPECT_TRUE(fed.has_value()) << fed.error().message();
    }
    return messages;
}

TEST(ChunkReader, ReadsWhatRtmp2SrcSends) {
    const auto messages = read_all(from_hex(kFromRtmp2Src), 100'000);

    ASSERT_EQ(messages.size(), 9U);
    EXPECT_EQ(messages[0].type, MessageType::kCommand);
    EXPECT_EQ(messages[0].payload.size(), 0xD0U);
    EXPECT_EQ(messages[1].type, MessageType::kWindowAckSize);
    EXPECT_EQ(messages[2].type, MessageType::kWindowAckSize);  // a type 3 chunk alone
    EXPECT_EQ(messages[2].payload, from_hex("00 26 25 a0"));
    EXPECT_EQ(messages[3].type, MessageType::kUserControl);
    EXPECT_EQ(messages[5].type, MessageType::kCommand);
    EXPECT_EQ(messages[5].stream_id, 1U);
    EXPECT_EQ(messages[8].payload, from_hex("00 07 00 38 ba 81"));
}

TEST(ChunkReader, GivesTheSameHoweverTheBytesAreCut) {
    const auto bytes = from_hex(kFromRtmp2Src);
    const auto expected = read_all(bytes, bytes.size());

    for (const std::size_t piece : {1U, 2U, 3U, 7U, 17U, 129U}) {
        const auto messages = read_all(bytes, piece);
        ASSERT_EQ(messages.size(), expected.size()) << piece;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            EXPECT_EQ(messages[i].payload, expected[i].payload) << piece;
            EXPECT_EQ(messages[i].timestamp_ms, expected[i].timestamp_ms) << piece;
        }
    }
}

TEST(ChunkReader, AddsUpDeltas) {
    // Type 0 at 1000, type 1 +40, type 2 +20, type 3 (+20 again), one byte each.
    const auto messages = read_all(from_hex("04 00 03 e8 00 00 01 08 01 00 00 00 aa"
                                            "44 00 00 28 00 00 01 08 bb"
                                            "84 00 00 14 cc"
                                            "c4 dd"),
                                   100);

    ASSERT_EQ(messages.size(), 4U);
    EXPECT_EQ(messages[0].timestamp_ms, 1000U);
    EXPECT_EQ(messages[1].timestamp_ms, 1040U);
    EXPECT_EQ(messages[2].timestamp_ms, 1060U);
    EXPECT_EQ(messages[3].timestamp_ms, 1080U);
    EXPECT_EQ(messages[3].stream_id, 1U);
}

TEST(ChunkReader, TimestampsWrapAround) {
    const auto messages = read_all(from_hex("04 ff ff ff 00 00 01 08 01 00 00 00 ff ff ff f0 aa"
                                            "44 00 00 20 00 00 01 08 bb"),
                                   100);

    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].timestamp_ms, 0xFFFFFFF0U);
    EXPECT_EQ(messages[1].timestamp_ms, 0x10U);
}

/// 130 bytes at an extended timestamp; the second chunk has 2.
Bytes extended_message(bool repeats_timestamp) {
    Bytes bytes = from_hex("04 ff ff ff 00 00 82 08 01 00 00 00 01 00 00 05");
    bytes.insert(bytes.end(), 128, 0xAA);
    append_bytes(bytes, from_hex(repeats_timestamp ? "c4 01 00 00 05 bb cc" : "c4 bb cc"));
    append_bytes(bytes, from_hex("02 00 00 00 00 00 04 05 00 00 00 00 00 26 25 a0"));
    return bytes;
}

TEST(ChunkReader, TakesExtendedTimestampsRepeatedOrNot) {
    for (const bool repeats : {true, false}) {
        for (const std::size_t piece : {1U, 3U, 149U, 1000U}) {
            const auto messages = read_all(extended_message(repeats), piece);

            ASSERT_EQ(messages.size(), 2U) << repeats << " " << piece;
            EXPECT_EQ(messages[0].timestamp_ms, 0x01000005U);
            ASSERT_EQ(messages[0].payload.size(), 130U);
            EXPECT_EQ(messages[0].payload[128], 0xBB);
            EXPECT_EQ(messages[0].payload[129], 0xCC);
        }
    }
}

TEST(ChunkReader, FollowsTheSendersChunkSize) {
    Bytes bytes = from_hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 01 00");  // 256
    append_bytes(bytes, from_hex("04 00 00 00 00 00 c8 08 01 00 00 00"));
    bytes.insert(bytes.end(), 200, 0x11);
    ChunkReader reader;
    std::vector<RtmpMessage> messages;

    ASSERT_TRUE(reader.feed(bytes, messages).has_value());

    EXPECT_EQ(reader.chunk_size(), 256U);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].payload.size(), 200U);
}

TEST(ChunkReader, ForgetsAnAbortedMessage) {
    Bytes bytes = from_hex("04 00 00 00 00 00 c8 08 01 00 00 00");
    bytes.insert(bytes.end(), 128, 0x11);
    append_bytes(bytes, from_hex("02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 04"));
    append_bytes(bytes, from_hex("04 00 00 00 00 00 01 08 01 00 00 00 22"));

    const auto messages = read_all(bytes, 1000);

    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].payload, from_hex("22"));
}

TEST(ChunkReader, InterleavesChunkStreams) {
    Bytes bytes = from_hex("06 00 00 00 00 00 81 09 01 00 00 00");
    bytes.insert(bytes.end(), 128, 0x77);
    append_bytes(bytes, from_hex("04 00 00 00 00 00 01 08 01 00 00 00 55 c6 78"));

    const auto messages = read_all(bytes, 1000);

    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].type, MessageType::kAudio);
    EXPECT_EQ(messages[1].type, MessageType::kVideo);
    EXPECT_EQ(messages[1].payload.back(), 0x78);
}

TEST(ChunkReader, TakesLongChunkStreamIds) {
    const auto messages = read_all(from_hex("00 0a 00 00 00 00 00 01 08 01 00 00 00 aa"     // 74
                                            "01 0a 01 00 00 00 00 00 01 08 01 00 00 00 bb"  // 330
                                            "c0 0a cc"),
                                   100);

    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[2].payload, from_hex("cc"));
}

struct Broken {
    std::string_view name;
    std::string_view hex;
    std::string_view message;

    friend void PrintTo(const Broken& input, std::ostream* out) { *out << input.name; }
};

class ChunkReaderRejects : public testing::TestWithParam<Broken> {};

TEST_P(ChunkReaderRejects, WithAReason) {
    ChunkReader reader{{.message_bytes = 1000, .chunk_streams = 2}};
    std::vector<RtmpMessage> messages;

    const auto fed = reader.feed(from_hex(GetParam().hex), messages);

    ASSERT_FALSE(fed.has_value());
    EXPECT_EQ(fed.error().code(), ErrorCode::kProtocol);
    EXPECT_EQ(fed.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChunkReaderRejects,
    testing::Values(Broken{"LongMessage", "04 00 00 00 00 03 e9 08 01 00 00 00",
                           "message of 1001 bytes (limit 1000)"},
                    Broken{"ChunkSizeZero", "02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 00",
                           "chunk size 0"},
                    Broken{"ChunkSizeTopBit", "02 00 00 00 00 00 04 01 00 00 00 00 80 00 00 00",
                           "chunk size 2147483648"},
                    Broken{"ShortControl", "02 00 00 00 00 00 02 01 00 00 00 00 00 00",
                           "control message of fewer than 4 bytes"},
                    Broken{"NothingToContinue", "c4 00", "chunk stream 4 continues nothing"},
                    Broken{"TooManyStreams",
                           "03 00 00 00 00 00 00 08 01 00 00 00 04 00 00 00 00 00 00 08 01 00 00 00"
                           "05 00 00 00 00 00 00 08 01 00 00 00",
                           "more than 2 chunk streams"}),
    [](const auto& input) { return std::string{input.param.name}; });

TEST(ChunkReader, RefusesAMessageInsideAnother) {
    Bytes bytes = from_hex("04 00 00 00 00 00 c8 08 01 00 00 00");
    bytes.insert(bytes.end(), 128, 0x11);
    append_bytes(bytes, from_hex("04 00 00 00 00 00 01 08 01 00 00 00 22"));
    ChunkReader reader;
    std::vector<RtmpMessage> messages;

    EXPECT_FALSE(reader.feed(bytes, messages).has_value());
}

TEST(ChunkReader, BoundsWhatIsBegunAndNotFinished) {
    ChunkReader reader{{.message_bytes = 1000, .chunk_streams = 8}};
    std::vector<RtmpMessage> messages;
    Bytes bytes;
    for (const std::uint8_t id : from_hex("04 05 06")) {
        bytes.push_back(id);
        append_bytes(bytes, from_hex("00 00 00 00 03 e8 08 01 00 00 00"));
        bytes.insert(bytes.end(), 128, 0);
    }

    const auto fed = reader.feed(bytes, messages);

    ASSERT_FALSE(fed.has_value());
    EXPECT_EQ(fed.error().message(), "too many messages begun and not finished");
}

class ChunkRoundTrip : public testing::TestWithParam<std::uint32_t> {};

TEST_P(ChunkRoundTrip, KeepsMessages) {
    const std::uint32_t chunk_size = GetParam();
    for (const std::uint32_t timestamp : {0U, 0xFFFFFEU, 0xFFFFFFU, 0xFFFFFFFFU}) {
        Bytes payload(1000);
        for (std::size_t i = 0; i < payload.size(); ++i) {
            payload[i] = static_cast<std::uint8_t>(i * 7);
        }
        Bytes wire = from_hex("02 00 00 00 00 00 04 01 00 00 00 00");
        append_be32(wire, chunk_size);
        append_message(wire, ChunkStreamId::kVideo, MessageType::kVideo, timestamp, 1, payload,
                       chunk_size);
        append_message(wire, ChunkStreamId::kVideo, MessageType::kVideo, timestamp, 1, {},
                       chunk_size);

        const auto messages = read_all(wire, 100);

        ASSERT_EQ(messages.size(), 2U);
        EXPECT_EQ(messages[0].payload, payload);
        EXPECT_EQ(messages[0].timestamp_ms, timestamp);
        EXPECT_EQ(messages[0].stream_id, 1U);
        EXPECT_TRUE(messages[1].payload.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ChunkRoundTrip, testing::Values(1, 128, 500, 999, 1000, 65536));

}  // namespace
}  // namespace livedub::wire
