// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/espeak/voice_choice.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace livedub::espeak {
namespace {

const std::vector<InstalledVoice> kInstalledVoices{
    {"es", "roa/es", 5},      {"es-419", "roa/es-419", 5}, {"en-us", "gmw/en-US", 2},
    {"en", "gmw/en-US", 3},   {"en-gb", "gmw/en", 2},      {"en", "gmw/en", 2},
    {"cmn", "sit/cmn", 5},    {"pt-br", "roa/pt-BR", 5},   {"fr-fr", "roa/fr", 5},
    {"fr-be", "roa/fr-BE", 8}};

std::string chosen(std::string_view language) {
    const auto voice = choose_voice(kInstalledVoices, language);
    return voice ? voice->identifier : "none";
}

TEST(ChooseVoice, TakesTheRegionWhenThereIsOne) {
    EXPECT_EQ(chosen("en-US"), "gmw/en-US");
    EXPECT_EQ(chosen("pt_BR"), "roa/pt-BR");
    EXPECT_EQ(chosen("es-419"), "roa/es-419");
}

TEST(ChooseVoice, FallsBackWithinTheLanguage) {
    EXPECT_EQ(chosen("es-MX"), "roa/es-419");
    EXPECT_EQ(chosen("es-ES"), "roa/es");
    EXPECT_EQ(chosen("en-AU"), "gmw/en");
    EXPECT_EQ(chosen("en"), "gmw/en");
    EXPECT_EQ(chosen("pt"), "roa/pt-BR");
    EXPECT_EQ(chosen("fr"), "roa/fr");
    EXPECT_EQ(chosen("zh-CN"), "sit/cmn");
}

TEST(ChooseVoice, NeverTakesAnotherLanguage) {
    EXPECT_EQ(chosen("de"), "none");
    EXPECT_EQ(chosen("e"), "none");
    EXPECT_EQ(chosen(""), "none");
}

TEST(FindProfile, KnowsTheShippedOnes) {
    EXPECT_EQ(profile_names().size(), 10U);
    ASSERT_NE(find_profile("default"), nullptr);
    ASSERT_NE(find_profile("spanish_female_1"), nullptr);
    EXPECT_EQ(find_profile("spanish_female_1")->language, "es");
    EXPECT_EQ(find_profile("spanish_female_1")->variant, "f2");
    EXPECT_EQ(find_profile("spanish_robot_9"), nullptr);
}

}  // namespace
}  // namespace livedub::espeak
