// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/rtmp_handshake.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "wire/hex.hpp"

namespace livedub::wire {
namespace {

using Packet = std::array<std::uint8_t, kHandshakeSize>;

Packet plain_first() {
    Packet packet{};
    for (std::size_t i = 8; i < packet.size(); ++i) {
        packet.at(i) = static_cast<std::uint8_t>(i * 31);
    }
    return packet;
}

Packet signed_first(DigestScheme scheme) {
    Packet packet = plain_first();
    packet[4] = 9;  // what ffmpeg 5.1 says: version 9.0.124.2
    packet[6] = 124;
    packet[7] = 2;
    const std::size_t position = digest_position(packet, scheme);
    std::ranges::copy(packet_digest(packet, position, client_signing_key()),
                      packet.begin() + static_cast<std::ptrdiff_t>(position));
    return packet;
}

Bytes with_version(const Packet& packet) {
    Bytes bytes{3};
    append_bytes(bytes, packet);
    return bytes;
}

Packet part(const Bytes& answer, std::size_t begin) {
    Packet packet{};
    std::copy_n(answer.begin() + static_cast<std::ptrdiff_t>(begin), kHandshakeSize,
                packet.begin());
    return packet;
}

TEST(RtmpServerHandshake, EchoesAPlainClient) {
    RtmpServerHandshake handshake{1};
    Bytes answer;

    const auto used = handshake.feed(with_version(plain_first()), answer);

    ASSERT_TRUE(used.has_value());
    EXPECT_EQ(*used, 1 + kHandshakeSize);
    ASSERT_EQ(answer.size(), 1 + 2 * kHandshakeSize);
    EXPECT_EQ(answer[0], 3);
    EXPECT_EQ(read_be32(&answer[5]), 0U);  // S1 announces no digest
    EXPECT_EQ(part(answer, 1 + kHandshakeSize), plain_first());
    EXPECT_FALSE(handshake.is_done());
}

TEST(RtmpServerHandshake, LeavesWhatFollowsC2) {
    RtmpServerHandshake handshake{1};
    Bytes answer;
    Bytes sent = with_version(plain_first());
    sent.insert(sent.end(), kHandshakeSize, 0xAB);  // C2
    sent.push_back(0x03);                           // a chunk begins

    const auto used = handshake.feed(sent, answer);

    ASSERT_TRUE(used.has_value());
    EXPECT_EQ(*used, sent.size() - 1);
    EXPECT_TRUE(handshake.is_done());
}

TEST(RtmpServerHandshake, TakesBytesOneByOne) {
    RtmpServerHandshake handshake{1};
    RtmpServerHandshake at_once{1};
    Bytes answer;
    Bytes answer_at_once;
    Bytes sent = with_version(signed_first(DigestScheme::kAt8));
    sent.insert(sent.end(), kHandshakeSize, 0);

    for (const std::uint8_t byte : sent) {
        ASSERT_EQ(*handshake.feed({&byte, 1}, answer), 1U);
    }
    ASSERT_TRUE(at_once.feed(sent, answer_at_once).has_value());

    EXPECT_TRUE(handshake.is_done());
    EXPECT_EQ(answer, answer_at_once);
}

class SignedHandshake : public testing::TestWithParam<DigestScheme> {};

TEST_P(SignedHandshake, IsAnsweredWithASignatureInTheSamePlace) {
    RtmpServerHandshake handshake{7};
    Bytes answer;

    ASSERT_TRUE(handshake.feed(with_version(signed_first(GetParam())), answer).has_value());

    const Packet first = part(answer, 1);
    EXPECT_NE(read_be32(&first[4]), 0U);
    const std::size_t position = digest_position(first, GetParam());
    const auto expected = packet_digest(first, position, server_signing_key());
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(),
                           first.begin() + static_cast<std::ptrdiff_t>(position)));
    EXPECT_NE(part(answer, 1 + kHandshakeSize), signed_first(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Schemes, SignedHandshake,
                         testing::Values(DigestScheme::kAt8, DigestScheme::kAt772),
                         [](const auto& input) {
                             return input.param == DigestScheme::kAt8 ? "At8" : "At772";
                         });

TEST(RtmpServerHandshake, EchoesAClientWhoseSignatureIsWrong) {
    Packet packet = signed_first(DigestScheme::kAt8);
    packet[100] ^= 1U;
    RtmpServerHandshake handshake{1};
    Bytes answer;

    ASSERT_TRUE(handshake.feed(with_version(packet), answer).has_value());

    EXPECT_EQ(part(answer, 1 + kHandshakeSize), packet);
}

TEST(RtmpServerHandshake, DigestPositionsStayInsideThePacket) {
    Packet packet{};
    packet.fill(0xFF);  // the largest offset: 4 * 255 % 728

    EXPECT_EQ(digest_position(packet, DigestScheme::kAt8), 1020U % 728U + 12U);
    EXPECT_EQ(digest_position(packet, DigestScheme::kAt772), 1020U % 728U + 776U);
    EXPECT_LE(727U + 776U + 32U, kHandshakeSize);
}

TEST(RtmpServerHandshake, RefusesOtherProtocols) {
    for (const std::uint8_t first : from_hex("16 47 06")) {  // TLS, HTTP, encrypted RTMP
        RtmpServerHandshake handshake{1};
        Bytes answer;

        const auto used = handshake.feed({&first, 1}, answer);

        ASSERT_FALSE(used.has_value());
        EXPECT_EQ(used.error().code(), ErrorCode::kProtocol);
        EXPECT_TRUE(answer.empty());
    }
}

}  // namespace
}  // namespace livedub::wire
