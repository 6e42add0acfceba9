// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/symbol_ids.hpp"

#include <gmock/gmock.h>

namespace livedub::vits {
namespace {

using testing::ElementsAre;

VoiceConfig voice() {
    VoiceConfig voice;
    voice.espeak_voice = "es";
    voice.symbols = {{U'a', {10}}, {U'o', {11}},     {U' ', {12}},
                     {U'c', {13}}, {U'ˈ', {15, 16}}, {U'\u0327', {14}}};
    voice.before = {1, 0};
    voice.after_each = {0};
    voice.at_end = {2};
    return voice;
}

TEST(SymbolIds, AreSetIntoWhatTheModelWantsAroundThem) {
    const auto symbols = symbol_ids("ˈa o", voice());

    EXPECT_THAT(symbols.ids, ElementsAre(1, 0, 15, 16, 0, 10, 0, 12, 0, 11, 0, 2));
    EXPECT_EQ(symbols.known, 4U);
}

TEST(SymbolIds, LeaveOutWhatTheVoiceDoesNotKnow) {
    EXPECT_THAT(symbol_ids("xay\xff", voice()).ids, ElementsAre(1, 0, 10, 0, 2));
    EXPECT_EQ(symbol_ids("xyz", voice()).known, 0U);
    EXPECT_THAT(symbol_ids("", voice()).ids, ElementsAre(1, 0, 2));
}

TEST(SymbolIds, TakeCharactersOfTwoPartsApart) {
    EXPECT_THAT(symbol_ids("ç", voice()).ids, ElementsAre(1, 0, 13, 0, 14, 0, 2));
    auto whole = voice();
    whole.symbols.erase(U'\u0327');
    whole.symbols[U'ç'] = {17};
    EXPECT_THAT(symbol_ids("ç", whole).ids, ElementsAre(1, 0, 17, 0, 2));
}

TEST(SymbolIds, DoNotSpeakMarksOfAnotherLanguage) {
    EXPECT_THAT(symbol_ids("(ca)o(ac)", voice()).ids, ElementsAre(1, 0, 11, 0, 2));
    auto letters = voice();
    letters.espeak_voice.clear();
    EXPECT_EQ(symbol_ids("(a)", letters).known, 1U);
}

TEST(SymbolIds, KnowLettersInTheirOtherCase) {
    EXPECT_EQ(symbol_ids("A", voice()).known, 1U);
}

}  // namespace
}  // namespace livedub::vits
