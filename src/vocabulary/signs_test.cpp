// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/signs.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::vocabulary {
namespace {

using testing::ElementsAre;

SignedText signed_with(const std::string& terms, const std::string& text) {
    std::vector<TermUse> uses;
    Glossary::parse(terms)->find(text, "en", "es", uses);
    return put_signs(text, uses);
}

std::string taken(const std::string& translation, const std::vector<Sign>& signs,
                  const std::string& source = "") {
    return take_signs(translation, signs, source).value_or("lost");
}

TEST(PutSigns, PutsOneInThePlaceOfEachTerm) {
    const auto result = signed_with("Red Card\troja\nfoul\tfalta\n", "A foul, a Red card. Foul!");

    EXPECT_EQ(result.text, "A qzaa, a Qzab. Qzac!");
    EXPECT_THAT(result.signs,
                ElementsAre(Sign{.sign = "qzaa", .source = "foul", .target = "falta"},
                            Sign{.sign = "Qzab", .source = "Red card", .target = "roja"},
                            Sign{.sign = "Qzac", .source = "Foul", .target = "falta"}));
    EXPECT_TRUE(result.has_other_words);
}

TEST(PutSigns, KnowsWhenNothingElseIsThere) {
    EXPECT_FALSE(signed_with("foul\tfalta\n", "Foul! Foul...").has_other_words);
    EXPECT_TRUE(signed_with("foul\tfalta\n", "Foul 7").has_other_words);
    EXPECT_EQ(signed_with("foul\tfalta\n", "Goal").text, "Goal");
}

TEST(PutSigns, StopsAtAHundred) {
    std::string text;
    for (int n = 0; n < 101; ++n) {
        text += "foul ";
    }

    const auto result = signed_with("foul\tfalta\n", text);

    EXPECT_EQ(result.signs.size(), 100U);
    EXPECT_EQ(result.signs.back().sign, "qzdv");
    EXPECT_TRUE(result.text.ends_with("qzdv foul "));
}

TEST(TakeSigns, PutsTheTranslationWhereTheSignCameBack) {
    const std::vector<Sign> signs{{.sign = "qzaa", .source = "foul", .target = "falta"},
                                  {.sign = "Qzab", .source = "Red", .target = "roja"}};

    EXPECT_EQ(taken("Una Qzab por la qzaa.", signs), "Una roja por la falta.");
    EXPECT_EQ(taken("QZAB y 'qzaa'", signs), "Roja y 'falta'");
}

TEST(TakeSigns, BeginsSentencesWithACapital) {
    const std::vector<Sign> one{{.sign = "qzaa", .target = "\u00E1rbitro"}};

    EXPECT_EQ(taken("Qzaa.", one), "\u00C1rbitro.");
    EXPECT_EQ(taken("S\u00ED. \u00A1Qzaa!", one), "S\u00ED. \u00A1\u00C1rbitro!");
    EXPECT_EQ(taken("El Qzaa.", one), "El \u00E1rbitro.");
    EXPECT_EQ(taken("Qzaa.", {{.sign = "qzaa", .target = "eBay"}}), "eBay.");
}

TEST(TakeSigns, GivesTheCapitalBackThatWentToTheNextWord) {
    const std::vector<Sign> one{{.sign = "Qzaa", .target = "Messi"}};

    EXPECT_EQ(taken("Qzaa Bate al Bayern.", one, "Messi beats Bayern."), "Messi bate al Bayern.");
    EXPECT_EQ(taken("Qzaa Madrid bate.", one, "Messi beats Madrid."), "Messi Madrid bate.");
    EXPECT_EQ(taken("Qzaa NBA.", one, "Messi, basketball."), "Messi NBA.");
}

TEST(TakeSigns, KnowsWhenOneIsLostOrThereTwice) {
    const std::vector<Sign> signs{{.sign = "qzaa", .target = "falta"},
                                  {.sign = "qzab", .target = "roja"}};

    EXPECT_EQ(taken("Una qzaa.", signs), "lost");
    EXPECT_EQ(taken("Una qzaa qzab, qzab.", signs), "lost");
    EXPECT_EQ(taken("Una qzaaqzab.", signs), "lost");
    EXPECT_EQ(taken("", signs), "lost");
}

}  // namespace
}  // namespace livedub::vocabulary
