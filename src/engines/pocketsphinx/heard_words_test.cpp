// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/heard_words.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::pocketsphinx {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<RawWord>& raw) {
    std::vector<std::string> out;
    for (const auto& word : heard_words(raw, StreamTime{})) {
        out.push_back(word.text);
    }
    return out;
}

TEST(HeardWords, LeavesFillersAndPronunciationMarksOut) {
    EXPECT_THAT(texts({{"<s>", 0, 12, 1},
                       {"the(2)", 13, 30, 0.9},
                       {"[NOISE]", 31, 40, 0.9},
                       {"++UM++", 41, 45, 0.9},
                       {"ball", 46, 80, 0.8},
                       {"goes", 81, 110, 0.9},
                       {"</s>", 111, 120, 1}}),
                ElementsAre("the", "ball", "goes"));
}

TEST(HeardWords, LiveOnTheTimelineOfTheSpeech) {
    const std::vector<RawWord> raw{{"go", 50, 69, 0.9}};

    const auto words = heard_words(raw, StreamTime{10s});

    ASSERT_EQ(words.size(), 1U);
    EXPECT_EQ(words[0].start, StreamTime{10s} + 500ms);
    EXPECT_EQ(words[0].end, StreamTime{10s} + 700ms);
}

TEST(HeardWords, NoiseHeardAsOneEndlessWordIsNothing) {
    EXPECT_THAT(texts({{"<s>", 0, 12, 1}, {"it", 13, 360, 1.0}, {"</s>", 361, 400, 1}}), IsEmpty());
    EXPECT_THAT(texts({{"cold-blooded", 3, 598, 1.0}}), IsEmpty());
    EXPECT_THAT(texts({{"a", 0, 10, 0.9},
                       {"little", 11, 40, 0.9},
                       {"and", 41, 300, 1.0},
                       {"little", 301, 330, 0.9}}),
                IsEmpty());
}

TEST(HeardWords, DoubtfulWordsAreNothing) {
    EXPECT_THAT(texts({{"why", 0, 20, 0.3}, {"is", 21, 35, 0.4}, {"us", 36, 50, 0.2}}), IsEmpty());
    EXPECT_THAT(texts({{"sure", 0, 30, 0.5}}), IsEmpty());
    EXPECT_THAT(texts({{"sure", 0, 30, 0.8}}), ElementsAre("sure"));
}

TEST(HeardWords, OneDoubtfulWordAmongGoodOnesStays) {
    EXPECT_THAT(texts({{"led", 0, 30, 0.9}, {"by", 31, 45, 0.95}, {"ten", 46, 70, 0.1}}),
                ElementsAre("led", "by", "ten"));
}

TEST(HeardWords, EachStretchBetweenPausesIsJudgedByItself) {
    EXPECT_THAT(texts({{"what", 0, 20, 0.9},
                       {"a", 21, 25, 0.9},
                       {"catch", 26, 60, 0.9},
                       {"<sil>", 61, 100, 1},
                       {"as", 101, 115, 0.1},
                       {"her", 116, 130, 0.2},
                       {"hat", 131, 150, 0.1}}),
                ElementsAre("what", "a", "catch"));
}

TEST(HeardWords, OfNothingAreNone) {
    EXPECT_THAT(texts({}), IsEmpty());
}

}  // namespace
}  // namespace livedub::pocketsphinx
