// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/whisper/prompt.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace livedub::whisper {
namespace {

using Hints = std::vector<std::string>;

TEST(HintPrompt, IsInTheLanguageOfTheStreamWhereWeHaveIt) {
    EXPECT_EQ(hint_prompt(Hints{"sports"}, "en"), "Live sports commentary.");
    EXPECT_EQ(hint_prompt(Hints{"Sports"}, "es"), "Retransmisión deportiva en directo.");
    EXPECT_EQ(hint_prompt(Hints{"news"}, "fi"), "News broadcast.");
}

TEST(HintPrompt, TakesSeveralAndUnknownOnes) {
    EXPECT_EQ(hint_prompt(Hints{"general", "news", "Cycling"}, "en"), "News broadcast. Cycling.");
    EXPECT_EQ(hint_prompt(Hints{std::string(500, 'x')}, "en"), "");
    EXPECT_EQ(hint_prompt(Hints{}, "en"), "");
}

TEST(LastWords, BeginAtAWord) {
    EXPECT_EQ(last_words("one two three", 100), "one two three");
    EXPECT_EQ(last_words("one two three", 9), "three");
    EXPECT_EQ(last_words("one two three", 3), "ree");
    EXPECT_EQ(last_words("試合開始", 7), "開始");
    EXPECT_EQ(last_words("", 7), "");
}

}  // namespace
}  // namespace livedub::whisper
