// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/utf8.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

// So that a sequence lies within a block of ASCII, at its edge and across it.
constexpr std::array<std::size_t, 9> kPlaces{0, 1, 125, 127, 128, 1'022, 1'023, 1'024, 2'000};

TEST(Utf8, TakesEveryLengthOfCharacterAnywhere) {
    for (const std::string character : {"\x7F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000",
                                        "\uFFFF", "\U00010000", "\U0010FFFF"}) {
        for (const std::size_t place : kPlaces) {
            const std::string before(place, 'a');
            EXPECT_TRUE(is_utf8(before + character)) << place;
            EXPECT_TRUE(is_utf8(before + character + std::string(200, 'b'))) << place;
        }
    }
    EXPECT_TRUE(is_utf8(""));
}

TEST(Utf8, RefusesWhatIsNotACharacterAnywhere) {
    // Alone, cut short, overlong, a surrogate, beyond the last one, never a byte of UTF-8.
    for (const std::string bad : {"\x80", "\xC3", "\xC3(", "\xE2\x82", "\xF0\x9F\x98", "\xC0\xAF",
                                  "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
                                  "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        for (const std::size_t place : kPlaces) {
            const std::string before(place, 'a');
            EXPECT_FALSE(is_utf8(before + bad)) << place;
            EXPECT_FALSE(is_utf8(before + bad + std::string(200, 'b'))) << place;
        }
    }
}

}  // namespace
}  // namespace livedub::wire
