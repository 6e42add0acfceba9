// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/repeats.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace livedub::opus {
namespace {

using Tokens = std::vector<TokenId>;

TEST(Repeats, OfOneTokenAndOfSeveral) {
    EXPECT_EQ(repeats_at_end(Tokens{}), 0U);
    EXPECT_EQ(repeats_at_end(Tokens{7}), 1U);
    EXPECT_EQ(repeats_at_end(Tokens{1, 2, 3}), 1U);
    EXPECT_EQ(repeats_at_end(Tokens{1, 5, 5, 5}), 3U);
    EXPECT_EQ(repeats_at_end(Tokens{9, 1, 2, 1, 2, 1, 2}), 3U);
    EXPECT_EQ(repeats_at_end(Tokens{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}), 2U);
}

TEST(Repeats, CountAtTheEndOnly) {
    EXPECT_EQ(repeats_at_end(Tokens{5, 5, 5, 1}), 1U);
    EXPECT_EQ(most_repeats(Tokens{5, 5, 5, 1}), 3U);
    EXPECT_EQ(most_repeats(Tokens{1, 2, 3}), 1U);
    EXPECT_EQ(most_repeats(Tokens{}), 0U);
}

}  // namespace
}  // namespace livedub::opus
