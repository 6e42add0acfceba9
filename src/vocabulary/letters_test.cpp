// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/letters.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::vocabulary {
namespace {

TEST(LetterAt, ReadsUtf8OfEveryLength) {
    const std::string text = "a\u00E9\u20AC\U0001F3C0";

    EXPECT_EQ(letter_at(text, 0), (Letter{.code = 'a', .bytes = 1}));
    EXPECT_EQ(letter_at(text, 1), (Letter{.code = 0xE9, .bytes = 2}));
    EXPECT_EQ(letter_at(text, 3), (Letter{.code = 0x20AC, .bytes = 3}));
    EXPECT_EQ(letter_at(text, 6), (Letter{.code = 0x1F3C0, .bytes = 4}));
    EXPECT_TRUE(is_utf8(text));
    EXPECT_EQ(count_letters(text), 4U);
}

TEST(LetterAt, TakesABadByteForOneLetter) {
    // Alone, cut short, overlong, a surrogate, beyond the last one, never a byte of UTF-8.
    for (const std::string bad :
         {"\x80", "\xC3", "\xE2\x82", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
        EXPECT_EQ(letter_at(bad, 0), (Letter{.code = 0xFFFD, .bytes = 1}));
        EXPECT_FALSE(is_utf8("ok " + bad + " ok"));
    }
    EXPECT_TRUE(is_utf8("the mark itself: \uFFFD"));
}

TEST(Append, WritesWhatLetterAtReads) {
    for (const char32_t code : {U'a', U'\u00E9', U'\u20AC', U'\U0001F3C0'}) {
        std::string text;
        append(text, code);
        EXPECT_EQ(letter_at(text, 0), (Letter{.code = code, .bytes = text.size()}));
    }
}

TEST(Case, HasTwoOfEveryLetterThatHas) {
    const std::string upper_ones =
        "AZ\u00C1\u00D1\u00DE\u0100\u0139\u0160\u017D\u0391\u0416\u0401\u1EA0";
    const std::string lower_ones =
        "az\u00E1\u00F1\u00FE\u0101\u013A\u0161\u017E\u03B1\u0436\u0451\u1EA1";

    EXPECT_EQ(lower(upper_ones), lower_ones);
    EXPECT_EQ(lower(lower_ones), lower_ones);
    std::string again;
    for (std::size_t at = 0; at < lower_ones.size();) {
        const auto letter = letter_at(lower_ones, at);
        append(again, upper(letter.code));
        at += letter.bytes;
    }
    EXPECT_EQ(again, upper_ones);
    // What has no other case: signs, digits, dotless i, ideographs.
    for (const char32_t code : {U'1', U'[', U'{', U'\u00D7', U'\u00F7', U'\u0131', U'\u7403'}) {
        EXPECT_EQ(lower(code), code);
        EXPECT_EQ(upper(code), code);
    }
}

TEST(Case, OfTheFirstLetter) {
    EXPECT_EQ(with_capital("\u00E1rbitro"), "\u00C1rbitro");
    EXPECT_EQ(without_capital("\u00C1rbitro"), "\u00E1rbitro");
    EXPECT_EQ(with_capital(""), "");
    EXPECT_TRUE(has_capital("\u00D1u"));
    EXPECT_FALSE(has_capital("\u00F1U"));
    EXPECT_FALSE(has_capital(""));
}

TEST(IsWordLetter, TellsLettersFromSigns) {
    for (const char32_t code : {U'a', U'Z', U'7', U'\u00E9', U'\u00AA', U'\u0301', U'\u7403'}) {
        EXPECT_TRUE(is_word_letter(code)) << std::hex << static_cast<unsigned>(code);
    }
    for (const char32_t code : {U' ', U'-', U'_', U'\u00BF', U'\u00AB', U'\u2019', U'\u2026',
                                U'\u3001', U'\uFF0C', U'\U0001F3C0'}) {
        EXPECT_FALSE(is_word_letter(code)) << std::hex << static_cast<unsigned>(code);
    }
}

}  // namespace
}  // namespace livedub::vocabulary
