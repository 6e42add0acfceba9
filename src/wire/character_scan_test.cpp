// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/character_scan.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

unsigned char is_x(char c) {
    return c == 'x' ? 1 : 0;
}

TEST(CharacterScan, FindsTheOneThatIsOddWhereverItIs) {
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1'023U, 1'024U, 1'025U, 1'100U}) {
        std::string text(size, 'a');
        EXPECT_TRUE(has_none(text, is_x)) << size;
        for (auto& c : text) {
            c = 'x';
            EXPECT_EQ(clean_front(text, is_x), &c - text.data()) << " of " << size;
            EXPECT_FALSE(has_none(text, is_x)) << &c - text.data() << " of " << size;
            c = 'a';
        }
    }
}

}  // namespace
}  // namespace livedub::wire
