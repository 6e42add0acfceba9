// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/short_words.hpp"

#include <gtest/gtest.h>

namespace livedub::vocabulary {
namespace {

/// Of the first stop.
bool is_short(std::string_view text) {
    return is_shortened(text, text.find('.'));
}

TEST(ShortWords, HaveAStopOfTheirOwn) {
    for (const auto* text :
         {"Mr. Smith", "el Sr. García", "la SRA. Ruiz", "\u201cDr. No", "J. F."}) {
        EXPECT_TRUE(is_short(text)) << text;
    }
    for (const auto* text : {"fin. Y", "a. B", "... no", ".", "señor. Y", "3. Tercero"}) {
        EXPECT_FALSE(is_short(text)) << text;
    }
}

}  // namespace
}  // namespace livedub::vocabulary
