// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/inventory.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {
namespace {

TEST(Inventory, SaysOfEachEngineWhatItNeeds) {
    for (const auto& engine : known_engines()) {
        EXPECT_NE(engine.is_in_build, !engine.what_it_needs.empty()) << engine.name;
        EXPECT_TRUE(!engine.is_in_build || !engine.package.empty()) << engine.name;
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
    EXPECT_TRUE(is_in_build("apertium"));
}

TEST(Inventory, AutoStandsForAKnownEngine) {
    EXPECT_EQ(chosen_engine(EngineStage::kRecognise, "auto"), "pocketsphinx");
    EXPECT_EQ(chosen_engine(EngineStage::kSpeak, "auto"), "espeak");
    EXPECT_EQ(chosen_engine(EngineStage::kTranslate, "none"), "none");
    EXPECT_EQ(make_recogniser("whisper").error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace livedub::engines
