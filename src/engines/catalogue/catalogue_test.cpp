// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/catalogue.hpp"

#include <ostream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace livedub::engines {
namespace {

struct BadName {
    std::string name;
    SpeechConfig config;
    std::string message;

    friend void PrintTo(const BadName& bad, std::ostream* out) { *out << bad.name; }
};

class CatalogueRefuses : public testing::TestWithParam<BadName> {};

TEST_P(CatalogueRefuses, AnUnknownEngineByName) {
    const auto made = make_speech_pipeline(GetParam().config);

    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(made.error().message(), GetParam().message);
}

std::string built(EngineStage stage) {
    return fmt::format("{}", fmt::join(engines_of_this_build(stage), ", "));
}

INSTANTIATE_TEST_SUITE_P(
    All, CatalogueRefuses,
    testing::Values(BadName{"Recogniser",
                            {.recogniser = "dragon"},
                            "ASR_PROVIDER \"dragon\" (allowed: auto, " +
                                built(EngineStage::kRecognise) + ")"},
                    BadName{"Translator",
                            {.translator = "babelfish"},
                            "TRANSLATION_PROVIDER \"babelfish\" (allowed: a list of " +
                                built(EngineStage::kTranslate) + "; or none)"},
                    BadName{"TranslatorInAList",
                            {.translator = "apertium,none"},
                            "TRANSLATION_PROVIDER \"apertium,none\" (allowed: a list of " +
                                built(EngineStage::kTranslate) + "; or none)"},
                    BadName{"Synthesizer",
                            {.synthesizer = "parrot"},
                            "TTS_PROVIDER \"parrot\" (allowed: auto, or a list of " +
                                built(EngineStage::kSpeak) + ")"}),
    [](const auto& bad) { return bad.param.name; });

}  // namespace
}  // namespace livedub::engines
