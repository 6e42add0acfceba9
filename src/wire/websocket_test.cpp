// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/websocket.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

using Opcode = WebSocketOpcode;

constexpr std::array<char, 4> kMask{'\x37', '\xFA', '\x21', '\x3D'};
constexpr std::size_t kMost = std::size_t{1} << 20U;

enum class Place { kLast, kBefore };

std::string masked(std::string payload) {
    apply_websocket_mask(payload, kMask, 0);
    return std::string{kMask.data(), kMask.size()} + payload;
}

/// A frame as a client sends it.
std::string frame(Opcode opcode, const std::string& payload, Place place = Place::kLast) {
    std::string head = encode_websocket_head(opcode, payload.size());
    if (place == Place::kBefore) {
        head[0] = static_cast<char>(opcode);
    }
    head[1] = static_cast<char>(static_cast<unsigned char>(head[1]) | 0x80U);
    return head + masked(payload);
}

/// What comes out, a violation as a message of its own.
std::vector<WebSocketMessage> read(WebSocketReader& reader, std::string text) {
    std::span<char> bytes{text};
    std::vector<WebSocketMessage> messages;
    while (true) {
        auto taken = reader.take(bytes);
        if (!taken) {
            messages.push_back({Opcode::kContinuation, std::to_string(taken.error().code)});
            return messages;
        }
        if (!*taken) {
            EXPECT_TRUE(bytes.empty());
            return messages;
        }
        messages.push_back(std::move(**taken));
    }
}

std::vector<WebSocketMessage> read(const std::string& bytes) {
    WebSocketReader reader{kMost};
    return read(reader, bytes);
}

using Messages = std::vector<WebSocketMessage>;

}  // namespace

static void PrintTo(const WebSocketMessage& message, std::ostream* out) {
    *out << static_cast<int>(message.opcode) << ':' << message.bytes.substr(0, 40) << '('
         << message.bytes.size() << ')';
}

namespace {

TEST(WebSocketReader, ReadsTheFrameThatTheStandardShows) {
    EXPECT_EQ(read("\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58"),
              (Messages{{Opcode::kText, "Hello"}}));
}

TEST(WebSocketReader, ReadsEveryFormOfSize) {
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65'535U, 65'536U, 600'000U}) {
        const std::string payload(size, 'x');
        EXPECT_EQ(read(frame(Opcode::kBinary, payload)), (Messages{{Opcode::kBinary, payload}}));
    }
}

TEST(WebSocketReader, DoesNotCareHowTheBytesAreCut) {
    const std::string bytes = frame(Opcode::kText, "one") + frame(Opcode::kPing, "?") +
                              frame(Opcode::kText, std::string(300, '2')) +
                              frame(Opcode::kBinary, "");
    const auto whole = read(bytes);
    ASSERT_EQ(whole.size(), 4U);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        WebSocketReader reader{kMost};
        Messages messages;
        for (std::size_t at = 0; at < bytes.size(); at += size) {
            std::ranges::move(read(reader, bytes.substr(at, size)), std::back_inserter(messages));
        }
        EXPECT_EQ(messages, whole) << size;
        EXPECT_EQ(reader.incomplete_bytes(), 0U);
    }
}

TEST(WebSocketReader, MakesRoomForWhatComesAndNotForWhatIsAnnounced) {
    WebSocketReader reader{std::size_t{1} << 40U};
    const std::string head{"\x82\xFF\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14};
    EXPECT_TRUE(read(reader, head).empty());
    EXPECT_EQ(reader.held_bytes(), 0U);
    EXPECT_TRUE(read(reader, "a").empty());
    EXPECT_LE(reader.held_bytes(), std::size_t{1} << 20U);
    const std::string much(std::size_t{3} << 20U, 'b');
    EXPECT_TRUE(read(reader, much).empty());
    EXPECT_LE(reader.held_bytes(), 3 * much.size());
}

TEST(WebSocketReader, PutsFragmentsTogetherWithControlFramesBetween) {
    EXPECT_EQ(read(frame(Opcode::kText, "a\xC3", Place::kBefore) + frame(Opcode::kPing, "p") +
                   frame(Opcode::kContinuation, "", Place::kBefore) +
                   frame(Opcode::kContinuation, "\xBC!")),
              (Messages{{Opcode::kPing, "p"}, {Opcode::kText, "aü!"}}));
}

TEST(WebSocketReader, CountsWhatHasComeOfAMessage) {
    WebSocketReader reader{kMost};
    EXPECT_EQ(reader.incomplete_bytes(), 0U);
    read(reader, frame(Opcode::kText, "ab", Place::kBefore));
    EXPECT_EQ(reader.incomplete_bytes(), 2U);
    EXPECT_GE(reader.held_bytes(), 2U);
    for (const auto& nothing :
         {frame(Opcode::kPing, "ping"), frame(Opcode::kContinuation, "", Place::kBefore)}) {
        read(reader, nothing);
        EXPECT_EQ(reader.incomplete_bytes(), 2U);
    }
    read(reader, frame(Opcode::kContinuation, "c"));
    EXPECT_EQ(reader.incomplete_bytes(), 0U);
    EXPECT_EQ(reader.held_bytes(), 0U);
}

TEST(WebSocketReader, ALowerLimitAlsoEndsAMessageThatIsUnderWay) {
    WebSocketReader reader{kMost};
    read(reader, frame(Opcode::kText, std::string(200, 'a'), Place::kBefore));
    reader.set_most_bytes(100);
    auto rest = frame(Opcode::kContinuation, "b");
    std::span<char> bytes{rest};
    const auto taken = reader.take(bytes);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, kWebSocketTooBig);
}

TEST(WebSocketReader, LimitsTheWholeMessage) {
    WebSocketReader one{10};
    EXPECT_EQ(read(one, frame(Opcode::kText, std::string(10, 'x'))).size(), 1U);
    EXPECT_EQ(read(one, frame(Opcode::kText, std::string(11, 'x')))[0].bytes, "1009");

    WebSocketReader many{10};
    EXPECT_TRUE(read(many, frame(Opcode::kText, "123456", Place::kBefore)).empty());
    EXPECT_EQ(read(many, frame(Opcode::kPing, "123456")).size(), 1U);
    EXPECT_EQ(read(many, frame(Opcode::kContinuation, "12345"))[0].bytes, "1009");
}

struct BadFrame {
    std::string name;
    std::string bytes;
    std::string code = "1002";
};

void PrintTo(const BadFrame& row, std::ostream* out) {
    *out << row.name;
}

class WebSocketReaderRefuses : public testing::TestWithParam<BadFrame> {};

TEST_P(WebSocketReaderRefuses, WithTheCodeOfTheStandard) {
    EXPECT_EQ(read(GetParam().bytes), (Messages{{Opcode::kContinuation, GetParam().code}}));
}

INSTANTIATE_TEST_SUITE_P(
    Frames, WebSocketReaderRefuses,
    testing::Values(
        BadFrame{"Unmasked", std::string{"\x81\x00", 2}},
        BadFrame{"ReservedBit", "\xC1\x80" + masked("")},
        BadFrame{"UnknownData", "\x83\x80" + masked("")},
        BadFrame{"UnknownControl", "\x8B\x80" + masked("")},
        BadFrame{"FragmentedControl", frame(Opcode::kPing, "", Place::kBefore)},
        BadFrame{"LargeControl", frame(Opcode::kPing, std::string(126, 'x'))},
        BadFrame{"ContinuesNothing", frame(Opcode::kContinuation, "x")},
        BadFrame{"BeginsAnew",
                 frame(Opcode::kText, "a", Place::kBefore) + frame(Opcode::kText, "b")},
        BadFrame{"SizeIn16BitsForNothing", std::string{"\x81\xFE\x00\x7D", 4} + masked("")},
        BadFrame{"SizeIn64BitsForNothing",
                 std::string{"\x81\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF", 10} + masked("")},
        BadFrame{"EndlessSize", std::string(1, '\x81') + std::string(9, '\xFF') + masked(""),
                 "1009"},
        BadFrame{"TextThatIsNone", frame(Opcode::kText, "\xFF"), "1007"},
        BadFrame{"TextThatIsNoneBeforeMuchThatIsSome",
                 frame(Opcode::kText, "\xFF", Place::kBefore) +
                     frame(Opcode::kContinuation, std::string(100'000, 'a')),
                 "1007"},
        BadFrame{"TextCutShort", frame(Opcode::kText, std::string(200, 'a') + "\xC3"), "1007"},
        BadFrame{"CloseWithHalfACode", frame(Opcode::kClose, "\x03")},
        BadFrame{"CloseWithAPrivateCode", frame(Opcode::kClose, "\x03\xED")},
        BadFrame{"CloseWithABadReason", frame(Opcode::kClose, "\x03\xE8\xFF"), "1007"}),
    [](const auto& row) { return row.param.name; });

TEST(WebSocketReader, TakesCloseFramesWithAndWithoutAReason) {
    EXPECT_EQ(read(frame(Opcode::kClose, "")), (Messages{{Opcode::kClose, ""}}));
    EXPECT_EQ(read(frame(Opcode::kClose, encode_websocket_close(1001) + "away")),
              (Messages{{Opcode::kClose,
                         "\x03\xE9"
                         "away"}}));
}

TEST(WebSocket, AnswersTheKeyThatTheStandardShows) {
    EXPECT_EQ(accept_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for (const auto* const bad :
         {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25j", "no key!"}) {
        EXPECT_EQ(accept_websocket_key(bad), std::nullopt) << bad;
    }
}

TEST(WebSocket, HeadsHaveTheShortestSize) {
    EXPECT_EQ(encode_websocket_head(Opcode::kText, 125), "\x81\x7D");
    EXPECT_EQ(encode_websocket_head(Opcode::kBinary, 126), (std::string{"\x82\x7E\x00\x7E", 4}));
    EXPECT_EQ(encode_websocket_head(Opcode::kText, 0x1'0000),
              (std::string{"\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10}));
}

TEST(WebSocket, MasksByteByByteHoweverManyThereAre) {
    for (const std::size_t done : {0U, 1U, 2U, 3U, 7U}) {
        for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U}) {
            std::string bytes(size, 'a');
            apply_websocket_mask(bytes, kMask, done);
            for (std::size_t i = 0; i < size; ++i) {
                EXPECT_EQ(bytes[i], static_cast<char>('a' ^ kMask[(done + i) % 4])) << i;
            }
        }
    }
}

TEST(WebSocket, SeesTheOneByteThatIsNotAscii) {
    for (const std::size_t size : {1U, 32U, 33U, 200U}) {
        for (std::size_t place = 0; place < size; ++place) {
            std::string bytes(size, 'a');
            for (const char odd : {'\x7F', '\x80'}) {
                bytes[place] = odd;
                apply_websocket_mask(bytes, kMask, 0);
                const bool is_ascii = apply_websocket_mask(bytes, kMask, 0);
                EXPECT_EQ(is_ascii, odd == '\x7F') << place << " of " << size;
            }
        }
    }
}

}  // namespace
}  // namespace livedub::wire
