// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/sentences.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::opus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sentences, EndWithStops) {
    EXPECT_THAT(to_sentences("It is over. The final was long! Was it? Yes"),
                ElementsAre("It is over.", "The final was long!", "Was it?", "Yes"));
    EXPECT_THAT(to_sentences("No… He said \"stop.\" We stopped."),
                ElementsAre("No…", "He said \"stop.\"", "We stopped."));
    EXPECT_THAT(to_sentences("¿Y ahora? ¡Gol! 2 más. "),
                ElementsAre("¿Y ahora?", "¡Gol!", "2 más."));
}

TEST(Sentences, NotEveryStopEndsOne) {
    EXPECT_THAT(to_sentences("Mr. Smith of St. Louis scored 3.5 points vs. Boston."),
                ElementsAre("Mr. Smith of St. Louis scored 3.5 points vs. Boston."));
    EXPECT_THAT(to_sentences("J. F. Kennedy spoke, e.g. of peace... and left."),
                ElementsAre("J. F. Kennedy spoke, e.g. of peace... and left."));
}

TEST(Sentences, WhatIsShortenedMayFollowAnySpaceOrQuote) {
    for (const auto* text :
         {"he saw\nMr. Smith.", "he saw \"Mr. Smith.\"", "he saw “Mr. Smith.”"}) {
        EXPECT_EQ(to_sentences(text).size(), 1U) << text;
    }
    EXPECT_THAT(to_sentences("It is over.\t\nYes.\t"), ElementsAre("It is over.", "Yes."));
}

TEST(Sentences, OfScriptsWithoutSpaces) {
    EXPECT_THAT(to_sentences("今日は。「はい。」終わり！"),
                ElementsAre("今日は。", "「はい。」", "終わり！"));
}

TEST(Sentences, OfNothingThereAreNone) {
    EXPECT_THAT(to_sentences(""), IsEmpty());
    EXPECT_THAT(to_sentences(" \n "), IsEmpty());
    EXPECT_THAT(to_sentences("..."), ElementsAre("..."));
}

}  // namespace
}  // namespace livedub::opus
