// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/likeness.hpp"

#include <gtest/gtest.h>

namespace livedub::vocabulary {
namespace {

TEST(IsLeftUntranslated, SeesTheSameSentenceWhateverItsCaseAndStops) {
    EXPECT_TRUE(is_left_untranslated("The keeper saves it.", "The keeper saves it."));
    EXPECT_TRUE(is_left_untranslated("The keeper saves it.", " the KEEPER, saves it! "));
    EXPECT_FALSE(is_left_untranslated("The keeper saves it.", "El portero la salva."));
    EXPECT_FALSE(is_left_untranslated("The keeper saves it.", "The keeper saves it. El portero."));
}

TEST(IsLeftUntranslated, LetsOneWordManyTimesBe) {
    EXPECT_FALSE(is_left_untranslated("No, no, no, no, no!", "No, no, no, no, no!"));
}

TEST(IsLeftUntranslated, LetsNamesAndNumbersBe) {
    EXPECT_FALSE(is_left_untranslated("Manchester United, 3-0!", "Manchester United, 3-0!"));
    EXPECT_FALSE(is_left_untranslated("Pedri, Merino, Zubimendi, Oyarzabal!",
                                      "Pedri, Merino, Zubimendi, Oyarzabal!"));
    EXPECT_FALSE(is_left_untranslated("5, 4, 3, 2, 1", "5, 4, 3, 2, 1"));
    EXPECT_FALSE(is_left_untranslated("", ""));
    EXPECT_TRUE(is_left_untranslated("PEDRI SHOOTS AND SCORES", "Pedri shoots and scores"));
}

}  // namespace
}  // namespace livedub::vocabulary
