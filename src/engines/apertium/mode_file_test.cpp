// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/mode_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::apertium {
namespace {

using testing::ElementsAre;

TEST(ParseMode, TurnsAShellLineIntoNullFlushingCommands) {
    const auto stages =
        parse_mode("lt-proc '/a b/x.bin' | apertium-tagger -g $2 '/p' | lt-proc $1 '/g.bin'\n");

    ASSERT_TRUE(stages.has_value());
    EXPECT_THAT(*stages, ElementsAre(ElementsAre("lt-proc", "-z", "/a b/x.bin"),
                                     ElementsAre("apertium-tagger", "-z", "-g", "/p"),
                                     ElementsAre("lt-proc", "-z", "-g", "/g.bin")));
}

TEST(ParseMode, RefusesWhatNeedsAShell) {
    for (const char* text : {"", " | lt-proc x", "lt-proc x |", "lt-proc 'x", "a; rm -rf x",
                             "a $(b)", "a > b", "a & b", "a `b`", "a \"b\""}) {
        const auto stages = parse_mode(text);

        ASSERT_FALSE(stages.has_value()) << text;
        EXPECT_EQ(stages.error().code(), ErrorCode::kInvalidArgument);
    }
}

class Catalogue : public testing::Test {
  protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        directory_ = std::filesystem::path{testing::TempDir()} /
                     (std::string{"livedub-modes-"} + info->name());
        std::filesystem::create_directories(directory_);
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    void add(const std::string& name) { std::ofstream{directory_ / name} << "cat\n"; }

    std::filesystem::path directory_;
};

TEST_F(Catalogue, FindsPairsUnderBothKindsOfCode) {
    add("eng-spa.mode");
    add("en-gl.mode");
    add("eng-spa-tagger.mode");
    add("README");

    const auto catalogue = ModeCatalogue::discover({directory_, "/nowhere/at/all"});

    EXPECT_THAT(catalogue.names(), ElementsAre("eng-glg", "eng-spa"));
    EXPECT_NE(catalogue.find(parse_language("en"), parse_language("gl")), nullptr);
    EXPECT_EQ(catalogue.find(parse_language("es"), parse_language("en")), nullptr);
}

TEST_F(Catalogue, PrefersTheWishedVariantAndFallsBackToThePlainOne) {
    add("spa-eng.mode");
    add("spa-eng_US.mode");
    const auto catalogue = ModeCatalogue::discover({directory_});
    const auto find = [&](const char* target) {
        return catalogue.find(parse_language("es-MX"), parse_language(target))->filename();
    };

    EXPECT_EQ(find("en"), "spa-eng.mode");
    EXPECT_EQ(find("en-US"), "spa-eng_US.mode");
    EXPECT_EQ(find("en-AU"), "spa-eng.mode");
}

}  // namespace
}  // namespace livedub::apertium
