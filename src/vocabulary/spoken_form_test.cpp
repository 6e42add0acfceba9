// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/spoken_form.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "vocabulary/letters.hpp"
#include "vocabulary/spoken_words.hpp"

namespace livedub::vocabulary {
namespace {

struct Text {
    std::string written;
    std::string spoken;
    std::string language = "es";

    friend void PrintTo(const Text& text, std::ostream* out) { *out << text.written; }
};

class SpokenForm : public testing::TestWithParam<Text> {};

TEST_P(SpokenForm, IsInWords) {
    EXPECT_EQ(spoken_form(GetParam().written, GetParam().language), GetParam().spoken);
}

INSTANTIATE_TEST_SUITE_P(
    Signs, SpokenForm,
    testing::Values(Text{"Gana el 50% de duelos.", "Gana el 50 por ciento de duelos."},
                    Text{"Un 3,5 % y 1.000 %!", "Un 3,5 por ciento y 1.000 por ciento!"},
                    Text{"Smith & Jones, R&D", "Smith y Jones, R y D"},
                    Text{"Escriba a gol@casa", "Escriba a gol arroba casa"},
                    Text{"El % que falta", "El por ciento que falta"},
                    Text{"50% of them & 2% @ home", "50 percent of them and 2 percent at home",
                         "en-US"},
                    Text{"50 % und & mehr", "50 Prozent und und mehr", "de"}));

INSTANTIATE_TEST_SUITE_P(
    Currencies, SpokenForm,
    testing::Values(Text{"Cuesta $50, no $1.", "Cuesta 50 d\u00F3lares, no 1 d\u00F3lar."},
                    Text{"Unos $2.5 millones hoy", "Unos 2.5 millones de d\u00F3lares hoy"},
                    Text{"$5m, \u20AC1bn y \u00A33k",
                         "5 millones de d\u00F3lares, 1 mil millones de "
                         "euros y 3 mil libras"},
                    Text{"50 \u20AC o 1\u20AC", "50 euros o 1 euro"},
                    Text{"$5 million", "5 million dollars", "en"}, Text{"El $ sube", "El $ sube"}));

INSTANTIATE_TEST_SUITE_P(
    Units, SpokenForm,
    testing::Values(
        Text{"A 30 km/h en 10 km.", "A 30 kil\u00F3metros por hora en 10 kil\u00F3metros."},
        Text{"1 m, 100m, 5 ft y 7 yds", "1 metro, 100 metros, 5 pies y 7 yardas"},
        Text{"20 \u00B0C", "20 grados"}, Text{"200 lbs; 90 min", "200 libras; 90 minutos"},
        // What is no unit, or none that is counted.
        Text{"5 mi\u00E9rcoles, 3 goles, km, A1 m", "5 mi\u00E9rcoles, 3 goles, km, A1 m"},
        Text{"Los 5 m'ont vu", "Los 5 m'ont vu", "fr"}, Text{"2-1 en el 90", "2-1 en el 90"}));

INSTANTIATE_TEST_SUITE_P(
    Words, SpokenForm,
    testing::Values(Text{"Madrid vs. Bar\u00E7a", "Madrid contra Bar\u00E7a"},
                    Text{"Madrid VS Bar\u00E7a", "Madrid contra Bar\u00E7a"},
                    Text{"Es el vs.", "Es el contra."},
                    Text{"La NFL, la NBA y la UEFA", "La N F L, la N B A y la UEFA"},
                    Text{"El MVP de la WNBA.", "El M V P de la W N B A."},
                    Text{"nba NFLX", "nba NFLX"},
                    Text{"50% NFL vs. & $5", "50% N F L vs. & $5", "fi"}, Text{"", ""}));

TEST(SpokenFormOf, AnyBytesIsText) {
    EXPECT_EQ(spoken_form("\xFF 5\xC3", "es"), "\xFF 5\xC3");
    EXPECT_EQ(spoken_form("\u00E95 m", "es"), "\u00E95 m");
}

TEST(SpokenWordsOf, EveryLanguageAreAllThere) {
    for (const auto* language : {"es", "en-GB", "fr", "de", "it", "pt_BR", "ca", "gl"}) {
        const auto* words = spoken_words(language);
        ASSERT_NE(words, nullptr) << language;
        for (const auto& unit : words->units) {
            EXPECT_FALSE(unit.one.empty() || unit.many.empty()) << language;
            EXPECT_TRUE(is_utf8(unit.many));
        }
        for (const auto& currency : words->currencies) {
            EXPECT_FALSE(currency.one.empty() || currency.many.empty()) << language;
        }
    }
    EXPECT_EQ(spoken_words("xx"), nullptr);
}

}  // namespace
}  // namespace livedub::vocabulary
