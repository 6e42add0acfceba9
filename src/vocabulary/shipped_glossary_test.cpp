// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/shipped_glossary.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::vocabulary {
namespace {

TEST(SportsGlossary, CanBeReadAndIsOfOnePair) {
    const auto parsed = Glossary::parse(sports_glossary_text());
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message();

    std::vector<TermUse> uses;
    sports_glossary().find("He dribbles past two defenders.", "en", "fr", uses);
    EXPECT_TRUE(uses.empty());
    sports_glossary().find("He dribbles past two defenders.", "en", "es", uses);
    ASSERT_FALSE(uses.empty());
    EXPECT_EQ(uses.front().target, "regatea a");
}

TEST(SportsGlossary, IsForStreamsThatSaySo) {
    using Hints = std::vector<std::string>;

    EXPECT_TRUE(is_about_sports(Hints{"news", "Football"}));
    EXPECT_TRUE(is_about_sports(Hints{"sports"}));
    EXPECT_TRUE(is_about_sports(Hints{"basketball"}));
    EXPECT_FALSE(is_about_sports(Hints{"news", "sportsmanship", ""}));
    EXPECT_FALSE(is_about_sports(Hints{}));
}

}  // namespace
}  // namespace livedub::vocabulary
