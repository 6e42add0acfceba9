// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/stream_format.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::apertium {
namespace {

TEST(Encode, EscapesWhatWouldBreakTheStream) {
    EXPECT_EQ(encode("a [b] 3/4 ^x$ <y> {z} @ \\."),
              "a \\[b\\] 3\\/4 \\^x\\$ \\<y\\> \\{z\\} \\@ \\\\.[]");
}

TEST(Encode, ClosesTheSentenceAndTheBlock) {
    EXPECT_EQ(encode("hello there"), "hello there.[]");
    EXPECT_EQ(encode("Is it over?  "), "Is it over?[]");
}

TEST(Encode, LeavesNoControlCharacterAndNoMark) {
    EXPECT_EQ(encode(std::string("a\0b\nc\t*d #e.", 12)), "a b c d e.[]");
    EXPECT_EQ(encode(""), "[]");
}

TEST(Decode, RemovesMarksAndCountsThem) {
    const auto decoded = decode(" Manning echa un pase al *quarterback, @foo y #bar.[]");

    EXPECT_EQ(decoded.text, "Manning echa un pase al quarterback, foo y bar.");
    EXPECT_EQ(decoded.unknown_words, (std::vector<std::string>{"quarterback", "foo"}));
    EXPECT_EQ(decoded.words, 9U);
}

TEST(Decode, UnescapesAndTidiesSpaces) {
    EXPECT_EQ(decode("x \\[vale\\]   3\\/4\\@ [\n]y").text, "x [vale] 3/4@ y");
    EXPECT_EQ(decode("sacar# fuera la *blorf  *touchdown").text, "sacar fuera la blorf touchdown");
    EXPECT_EQ(decode("").text, "");
    EXPECT_EQ(decode("\\").text, "\\");
}

}  // namespace
}  // namespace livedub::apertium
