// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/text_parts.hpp"

#include <string>

#include <gmock/gmock.h>

namespace livedub::vits {

static void PrintTo(const Clause& clause, std::ostream* out) {
    *out << '"' << clause.words << "\" " << clause.sign;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Sentences, EndAtTheirSigns) {
    EXPECT_THAT(sentences_of("Hola, amigos.  ¿Qué tal? Bien"),
                ElementsAre(ElementsAre(Clause{"Hola", ','}, Clause{"amigos", '.'}),
                            ElementsAre(Clause{"¿Qué tal", '?'}), ElementsAre(Clause{"Bien"})));
    EXPECT_THAT(sentences_of("¡Gol!... Y ya: fin;"),
                ElementsAre(ElementsAre(Clause{"¡Gol", '!'}),
                            ElementsAre(Clause{"Y ya", ':'}, Clause{"fin", ';'})));
    EXPECT_THAT(sentences_of("你好，世界。再见"),
                ElementsAre(ElementsAre(Clause{"你好", ','}, Clause{"世界", '.'}),
                            ElementsAre(Clause{"再见"})));
}

TEST(Sentences, KeepNumbersWhole) {
    EXPECT_THAT(sentences_of("Son 3.5 o 10,000 a las 10:30."),
                ElementsAre(ElementsAre(Clause{"Son 3.5 o 10,000 a las 10:30", '.'})));
}

TEST(Sentences, DoNotEndInShortenedWords) {
    EXPECT_THAT(sentences_of("El Sr. García y J. F. Ruiz. Y la Sra."),
                ElementsAre(ElementsAre(Clause{"El Sr. García y J. F. Ruiz", '.'}),
                            ElementsAre(Clause{"Y la Sra", '.'})));
}

TEST(Sentences, LeaveOutWhatNobodySays) {
    for (const auto* text : {"", "  \n", "...", "- !", "\xff\xfe"}) {
        EXPECT_THAT(sentences_of(text), IsEmpty()) << text;
    }
    EXPECT_THAT(sentences_of("a\xff b"), ElementsAre(ElementsAre(Clause{"a b"})));
}

TEST(Sentences, AreNeverLong) {
    std::string words;
    std::string letters;
    std::string clauses;
    while (words.size() < 5'000) {
        words += "palabra ";
        letters += "字";
        clauses += "una parte, ";
    }
    std::size_t spoken = 0;
    for (const auto& text : {words, letters, clauses}) {
        for (const auto& sentence : sentences_of(text)) {
            std::size_t size = 0;
            for (const auto& clause : sentence) {
                size += clause.words.size();
            }
            EXPECT_LE(size, 242U);
            spoken += size;
        }
    }
    EXPECT_GT(spoken, 12'000U);
    EXPECT_THAT(sentences_of(std::string(16'384, '.')), IsEmpty());
}

TEST(Sentences, AreNotCutWithinALetter) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) {
        text += "字";
    }
    for (const auto& sentence : sentences_of(text)) {
        EXPECT_EQ(sentence.front().words.size() % 3, 0U);
    }
}

}  // namespace
}  // namespace livedub::vits
