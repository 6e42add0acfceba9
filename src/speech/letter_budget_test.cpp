// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/letter_budget.hpp"

#include <chrono>

#include <gmock/gmock.h>

namespace livedub::speech {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

std::vector<Phrase> sentences(const std::vector<std::string>& texts) {
    std::vector<Phrase> all;
    for (const auto& text : texts) {
        all.push_back({.text = text, .start = {}, .end = {}});
    }
    return all;
}

TEST(LettersIn, IsMoreOfLettersThanOfSyllables) {
    EXPECT_EQ(letters_in(seconds{6}, "es"), 96U);
    EXPECT_EQ(letters_in(seconds{6}, "zh-CN"), 33U);
    EXPECT_EQ(letters_in(seconds{0}, "es"), 0U);
}

TEST(ShareLetters, GoesByTheLengthOfTheSentences) {
    EXPECT_THAT(share_letters(90, sentences({"a\u00E9iou", "aeiouaeiou"})), ElementsAre(30, 60));
    EXPECT_THAT(share_letters(90, sentences({"a"})), ElementsAre(90));
    EXPECT_THAT(share_letters(0, sentences({"aeiou", ""})), ElementsAre(12, 12));
    EXPECT_TRUE(share_letters(90, {}).empty());
}

}  // namespace
}  // namespace livedub::speech
