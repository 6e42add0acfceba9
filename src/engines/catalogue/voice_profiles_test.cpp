// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/voice_profiles.hpp"

#include <string>

#include <gtest/gtest.h>

namespace livedub::engines {
namespace {

TEST(VoiceProfiles, TheShippedOnesAreThereWithoutAFile) {
    const auto profiles = VoiceProfiles::load("/no/such/voices.json");

    ASSERT_TRUE(profiles.has_value());
    EXPECT_EQ(profiles->resolve("default", "es"), "default");
    EXPECT_EQ(profiles->resolve("spanish_female_1", "es"), "spanish_female_1");
    EXPECT_FALSE(profiles->resolve("nobody", "es").has_value());
}

TEST(VoiceProfiles, AFlatFileAddsProfiles) {
    const auto profiles = VoiceProfiles::parse(
        R"({"anna":{"language":"de-DE","gender":"female"},"bob":{"voice_id":"german_male_1"}})");

    ASSERT_TRUE(profiles.has_value());
    EXPECT_EQ(profiles->resolve("anna", "de"), "german_female_1");
    EXPECT_EQ(profiles->resolve("anna", "es"), "default");  // of another language
    EXPECT_EQ(profiles->resolve("bob", "de"), "german_male_1");
    EXPECT_EQ(profiles->resolve("default", "de"), "default");
}

TEST(VoiceProfiles, ANestedFileMayNameDefaults) {
    const auto profiles = VoiceProfiles::parse(
        R"({"voices":{"juan":{"language":"es","gender":"male"}},
            "default_voice_per_language":{"es":"juan"}})");

    ASSERT_TRUE(profiles.has_value());
    EXPECT_EQ(profiles->resolve("default", "es-MX"), "spanish_male_1");
    EXPECT_EQ(profiles->resolve("default", "fr"), "default");
}

TEST(VoiceProfiles, WhatIsWrongIsSaid) {
    for (const std::string text :
         {"", "[]", R"({"voices":1})", R"({"a":1})",
          R"({"voices":{},"default_voice_per_language":{"es":"nobody"}})"}) {
        const auto profiles = VoiceProfiles::parse(text);
        ASSERT_FALSE(profiles.has_value()) << text;
        EXPECT_TRUE(profiles.error().message().starts_with("voice profiles: ")) << text;
    }
}

}  // namespace
}  // namespace livedub::engines
