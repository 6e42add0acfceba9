// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/words.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::vocabulary {
namespace {

using testing::ElementsAre;

std::vector<std::string> folded(const std::string& text) {
    std::vector<std::string> all;
    std::size_t end = 0;
    for (const auto& word : to_words(text)) {
        EXPECT_GE(word.begin, end);
        EXPECT_GT(word.end, word.begin);
        end = word.end;
        all.push_back(word.folded);
    }
    EXPECT_LE(end, text.size());
    return all;
}

TEST(WordsOfAText, KeepsWhatBelongsToAWord) {
    EXPECT_THAT(folded("The kick-off, don't  MISS it!"),
                ElementsAre("the", "kick-off", ",", "don't", "miss", "it", "!"));
    EXPECT_THAT(folded("\u00BFQu\u00E9 \u00C1RBITRO?"),
                ElementsAre("\u00BF", "qu\u00E9", "\u00E1rbitro", "?"));
    EXPECT_THAT(folded("-5 - '90s 3-0'"), ElementsAre("-", "5", "-", "'", "90s", "3-0", "'"));
}

TEST(WordsOfAText, GivesTheGenitiveAWordOfItsOwn) {
    EXPECT_THAT(folded("Chelsea's, Chelsea\u2019s 's it's"),
                ElementsAre("chelsea", "'s", ",", "chelsea", "'s", "'", "s", "it", "'s"));
    const auto curly = to_words("a Chelsea\u2019s b");
    EXPECT_EQ(curly[1].end, 9U);
    EXPECT_EQ(curly[2].begin, 9U);
}

TEST(WordsOfAText, TakesAnyBytes) {
    EXPECT_THAT(folded("a\xFF\xC3"), ElementsAre("a", "\uFFFD", "\uFFFD"));
    EXPECT_TRUE(to_words(" \t\u00A0\n").empty());
}

TEST(BeginsSentence, AfterAStopAndWhatOpens) {
    const auto words = to_words("\u00BFYa? \u00A1(Gol) de \"Messi\". \u00C9l, no.");
    std::vector<std::string> first;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (words[at].is_word && begins_sentence(words, at)) {
            first.push_back(words[at].folded);
        }
    }
    EXPECT_THAT(first, ElementsAre("ya", "gol", "\u00E9l"));
}

}  // namespace
}  // namespace livedub::vocabulary
