// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/voice_profiles.hpp"

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

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

TEST(VoiceProfiles, ChoosesTheDefaultOfALanguageForAVoiceOfAnother) {
    const auto profiles = VoiceProfiles::parse(
        R"({"voices":{"juan":{"language":"es"},"anna":{"language":"de"},"any":{"speed":1.2}},
            "default_voice_per_language":{"es":"juan"}})");
    ASSERT_TRUE(profiles.has_value());
    const auto chosen = [&](const char* name, const char* language) {
        const auto found = profiles->choose(name, language).value();
        return found.name + (found.is_substitute ? " instead" : "");
    };

    EXPECT_EQ(chosen("juan", "es-MX"), "juan");
    EXPECT_EQ(chosen("any", "es"), "any");
    EXPECT_EQ(chosen("default", "es"), "juan");
    EXPECT_EQ(chosen("default", "fr"), "default");
    EXPECT_EQ(chosen("anna", "es"), "juan instead");
    EXPECT_EQ(chosen("german_male_1", "es"), "juan instead");
    EXPECT_EQ(chosen("juan", "fr"), "default instead");
    EXPECT_FALSE(profiles->choose("nobody", "es").has_value());
    EXPECT_TRUE(profiles->contains("anna") && !profiles->contains("nobody"));
}

TEST(VoiceProfiles, ADefaultOfALanguageIsNoVoiceOfOthers) {
    const auto profiles =
        VoiceProfiles::parse(R"({"default":{"language":"es","voice_id":"v","speed":1.5}})");
    ASSERT_TRUE(profiles.has_value());

    EXPECT_EQ(profiles->choose("default", "es").value().profile.voice_id, "v");
    EXPECT_EQ(profiles->choose("default", "fr").value().profile.voice_id, "default");
    EXPECT_EQ(profiles->choose("spanish_male_1", "fr").value().profile.speed, 1.0);
}

TEST(VoiceProfiles, AProfileSaysWhoSpeaksAndHow) {
    const auto profiles = VoiceProfiles::parse(
        R"({"ana":{"provider":"coqui","model":"m","speaker":"Ana","voice_id":"v","speed":0.9,
                   "language":null,"description":"of no use here"}})");
    ASSERT_TRUE(profiles.has_value());
    const auto ana = profiles->choose("ana", "es").value().profile;

    EXPECT_EQ(ana.provider, "coqui");
    EXPECT_EQ(ana.model, "m");
    EXPECT_EQ(ana.speaker, "Ana");
    EXPECT_EQ(ana.voice_id, "v");
    EXPECT_EQ(ana.speed, 0.9);
}

TEST(VoiceProfiles, AValueThatIsNoneIsNamed) {
    const auto message = [](const char* text) {
        return VoiceProfiles::parse(text).error().message();
    };

    EXPECT_EQ(message(R"({"ana":{"voice_id":7}})"),
              "voice profiles: voice_id of \"ana\" is 7 (allowed: a text)");
    EXPECT_EQ(message(R"({"ana":{"provider":"elvenlabs"}})"),
              "voice profiles: provider of \"ana\" is \"elvenlabs\" (allowed: espeak, coqui, "
              "elevenlabs, openai-compatible)");
    EXPECT_EQ(message(R"({"ana":{"speed":9}})"),
              "voice profiles: speed of \"ana\" is 9 (allowed: a number from 0.5 to 2)");
    EXPECT_EQ(message(R"({"ana":{"speed":"fast"}})"),
              "voice profiles: speed of \"ana\" is \"fast\" (allowed: a number from 0.5 to 2)");
}

TEST(VoiceProfiles, AreRefusedHoweverDeepTheyAre) {
    constexpr std::size_t kDeep = 500'000;
    const auto profiles = VoiceProfiles::parse(R"({"ana":{"voice_id":)" + std::string(kDeep, '[') +
                                               std::string(kDeep, ']') + "}}");

    ASSERT_FALSE(profiles.has_value());
    EXPECT_EQ(profiles.error().message(),
              "voice profiles: voice_id of \"ana\" is an array (allowed: a text)");
}

TEST(VoiceProfiles, ADefaultThatIsNoneIsNamed) {
    const auto message = [](const char* text) {
        const auto profiles = VoiceProfiles::parse(text);
        return profiles ? "none" : profiles.error().message();
    };

    EXPECT_EQ(message(R"({"voices":{},"default_voice_per_language":{"es":"nobody"}})"),
              "voice profiles: the default voice for \"es\" is \"nobody\" (allowed: the name of a "
              "profile)");
    EXPECT_EQ(
        message(R"({"voices":{"anna":{"language":"de-AT"}},
                         "default_voice_per_language":{"es":"anna"}})"),
        "voice profiles: the default voice for \"es\" is \"anna\" (allowed: a profile of that "
        "language; this one is of \"de-AT\")");
    EXPECT_EQ(message(R"({"voices":{"ana":{"language":"es-MX"}},
                         "default_voice_per_language":{"es-ES":"ana"}})"),
              "none");
    EXPECT_EQ(message(R"({"voices":{},"default_voice_per_language":["es"]})"),
              "voice profiles: \"default_voice_per_language\" is an array (allowed: an object of "
              "languages and names of profiles)");
    EXPECT_EQ(
        message(R"({"ana":{},"default_voice_per_language":{"es":"ana"}})"),
        "voice profiles: \"default_voice_per_language\" is an object (allowed: nothing, where "
        "the profiles are not in \"voices\")");
    EXPECT_EQ(message(R"({"voices":{},"default_voice_per_language":null})"), "none");
}

TEST(VoiceProfiles, AFileThatIsThereIsReadOrRefused) {
    const files::TestDirectory directory;
    const auto file = directory.path() / "voices.json";
    files::put_file(file, R"({"ana":{}})");
    EXPECT_TRUE(VoiceProfiles::load(file.string())->contains("ana"));

    files::put_file(file, R"({"ana":{}})" + std::string(1 << 20, ' '));
    for (const auto& path : {file.string(), directory.path().string()}) {
        const auto profiles = VoiceProfiles::load(path);
        ASSERT_FALSE(profiles.has_value()) << path;
        EXPECT_EQ(profiles.error().code(), ErrorCode::kInvalidArgument);
        EXPECT_TRUE(profiles.error().message().starts_with(path + ": cannot be read: "));
    }
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
