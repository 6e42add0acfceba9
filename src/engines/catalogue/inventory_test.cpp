// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/inventory.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/catalogue/engine_factories.hpp"
#include "files/test_directory.hpp"

namespace livedub::engines {
namespace {

using testing::ElementsAre;

TEST(Inventory, SaysOfEachEngineWhatItNeeds) {
    for (const auto& engine : known_engines()) {
        EXPECT_NE(engine.is_in_build, !engine.what_it_needs.empty()) << engine.name;
    }
}

TEST(Inventory, AgreesWithTheFactories) {
    const auto engines = known_engines();
    const auto is_in_build = [&](const char* name) {
        const auto found = std::ranges::find(engines, name, [](const auto& it) { return it.name; });
        return found != engines.end() && found->is_in_build;
    };
    const auto is_made = [](const auto& made) {
        return made.has_value() || made.error().code() != ErrorCode::kInvalidArgument;
    };

    EXPECT_EQ(is_in_build("pocketsphinx"), is_made(make_pocketsphinx()));
    EXPECT_EQ(is_in_build("espeak"), is_made(make_espeak()));
    EXPECT_EQ(is_in_build("whisper"), is_made(make_whisper({})));
    EXPECT_TRUE(is_in_build("apertium"));
    EXPECT_EQ(!local_voices_version().empty(), is_made(make_vits({}, {}, {})));
    EXPECT_EQ(is_in_build("opus"), is_made(make_opus({})));
}

TEST(Inventory, AutoTakesALocalVoiceWhereThereIsOneForTheLanguage) {
    const files::TestDirectory directory;
    files::put_file(directory.path() / "es_ES-tiny-low.onnx", "");
    files::put_file(directory.path() / "es_ES-tiny-low.onnx.json", "{}");
    SpeechServices services;
    services.local_voices.folders = {directory.path()};
    const auto* const local = local_voices_version().empty() ? "auto" : "coqui,espeak";

    EXPECT_EQ(chosen_synthesizers("auto", services), local);
    EXPECT_EQ(chosen_synthesizers("auto", services, "es-MX"), local);
    EXPECT_EQ(chosen_synthesizers("auto", services, "fr"), "auto");
    EXPECT_EQ(chosen_synthesizers("espeak", services), "espeak");
    EXPECT_EQ(chosen_synthesizers("auto", {}), "auto");
    services.coqui_url = "http://localhost:5002";
    EXPECT_EQ(chosen_synthesizers("auto", services), "auto");
}

TEST(Inventory, AutoStandsForAKnownEngine) {
    EXPECT_THAT(chosen_engines(EngineStage::kRecognise, "auto"), ElementsAre("pocketsphinx"));
    EXPECT_THAT(chosen_engines(EngineStage::kSpeak, "auto"), ElementsAre("espeak"));
    EXPECT_THAT(chosen_engines(EngineStage::kTranslate, "none"), ElementsAre("none"));
}

TEST(Inventory, SynthesizersAreAListToo) {
    EXPECT_THAT(chosen_engines(EngineStage::kSpeak, "elevenlabs,espeak"),
                ElementsAre("elevenlabs", "espeak"));
    EXPECT_THAT(chosen_engines(EngineStage::kRecognise, "one,two"), ElementsAre("one,two"));
}

TEST(Inventory, TranslatorsAreAListInTheOrderOfTheSetting) {
    EXPECT_THAT(chosen_engines(EngineStage::kTranslate, "deepl, apertium"),
                ElementsAre("deepl", "apertium"));
    EXPECT_THAT(chosen_engines(EngineStage::kTranslate, "deepl,,none"),
                ElementsAre("deepl", "", "none"));
    EXPECT_THAT(chosen_engines(EngineStage::kTranslate, ""), ElementsAre(""));
}

}  // namespace
}  // namespace livedub::engines
