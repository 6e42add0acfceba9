// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Real models, where LIVEDUB_MODELS names a directory with folders opus-mt-*: what they make of a
// few sentences and what that costs is reported; held only to what any of them can do.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engines/opus/opus_translator.hpp"
#include "engines/opus_onnx/load_pair.hpp"
#include "vocabulary/likeness.hpp"

namespace livedub::opus {
namespace {

using Steady = std::chrono::steady_clock;

const std::vector<std::string> kEnglish{
    "The home team takes the lead in the last minute and the whole stadium is on its feet.",
    "He passes the ball to the left and the goalkeeper comes out to meet it.",
    "The people of this country want to work and they will find the way.",
};

double milliseconds_since(Steady::time_point begin) {
    return std::chrono::duration<double, std::milli>{Steady::now() - begin}.count();
}

TEST(RealOpusModels, TranslateFromEnglish) {
    const char* const directory = std::getenv("LIVEDUB_MODELS");  // NOLINT(concurrency-mt-unsafe)
    std::size_t tried = 0;
    for (const auto& folder : pair_folders({directory == nullptr ? "" : directory})) {
        const auto name = folder.filename().string();
        if (!name.starts_with("opus-mt-en-")) {
            continue;
        }
        ++tried;
        const speech::LanguagePair pair{.source = "en", .target = name.substr(11)};
        const auto begin = Steady::now();
        const auto model = files_of(folder).and_then(load_pair);
        ASSERT_TRUE(model) << model.error().message();
        std::cout << fmt::format("{}: loaded in {:.0f} ms\n", name, milliseconds_since(begin));
        for (const auto& sentence : kEnglish) {
            const auto start = Steady::now();
            const auto text = translate_sentence(**model, sentence, {}, SteadyTime::max(), {});
            ASSERT_TRUE(text) << text.error().message();
            std::cout << fmt::format("  {:.0f} ms  {}\n", milliseconds_since(start), *text);
            EXPECT_FALSE(vocabulary::is_left_untranslated(sentence, *text));
            EXPECT_GT(text->size(), sentence.size() / 4);
            EXPECT_LT(text->size(), sentence.size() * 3);
        }
        const auto kept = translate_sentence(
            **model, "The referee blows the whistle for the qzaa.",
            std::vector<vocabulary::Sign>{{"qzaa", "kick-off", "saque"}}, SteadyTime::max(), {});
        ASSERT_TRUE(kept) << kept.error().message();
        std::cout << "  with a sign: " << *kept << '\n';
        EXPECT_NE(kept->find("qzaa"), std::string::npos);
    }
    if (tried == 0) {
        GTEST_SKIP() << "LIVEDUB_MODELS names no directory with a folder opus-mt-en-*";
    }
}

}  // namespace
}  // namespace livedub::opus
