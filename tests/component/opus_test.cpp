// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Marian models of the test's own (tests/support/marian_model.py), loaded and asked as real ones.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/opus/opus_translator.hpp"
#include "engines/opus_onnx/load_pair.hpp"
#include "files/test_directory.hpp"

namespace livedub::opus {
namespace {

namespace fs = std::filesystem;
using files::get_file;
using files::put_file;
using testing::HasSubstr;

const speech::LanguagePair kEnglishToSpanish{.source = "en", .target = "es"};

class OpusTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto command = "/usr/bin/python3 " LIVEDUB_SOURCE_DIR
                             "/tests/support/marian_model.py " +
                             folder().string();
        ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    [[nodiscard]] fs::path folder() const { return directory_.path() / "opus-mt-en-es"; }

    [[nodiscard]] Result<std::unique_ptr<speech::Translator>> make() const {
        return make_opus_translator({.directories = {directory_.path()}}, load_pair);
    }
    [[nodiscard]] std::string translated(const std::string& text,
                                         std::vector<vocabulary::Sign> signs = {}) const {
        const auto translator = make();
        if (!translator) {
            return translator.error().message();
        }
        const auto translation =
            (*translator)
                ->translate({.text = text, .pair = kEnglishToSpanish, .signs = std::move(signs)},
                            {});
        return translation ? *translation : translation.error().message();
    }
    void say(const std::string& file, const std::string& old, const std::string& instead) const {
        auto text = get_file(folder() / file);
        const auto at = text.find(old);
        ASSERT_NE(at, std::string::npos);
        put_file(folder() / file, text.replace(at, old.size(), instead));
    }

  private:
    files::TestDirectory directory_;
};

TEST_F(OpusTest, ABeamFindsTheLikeliestSentence) {
    EXPECT_EQ(translated("the car is red."), "el coche es rojo.");
    EXPECT_EQ(translated("the house is red!"), "la casa es roja!");
}

TEST_F(OpusTest, GreedyTakesTheLikeliestWordEachTime) {
    say("generation_config.json", "\"num_beams\": 4", "\"num_beams\": 1");

    EXPECT_EQ(translated("the car is red."), "la auto es roja.");
}

TEST_F(OpusTest, WhatWasSaidStaysInTheCache) {
    // "roja" because of the first word, four words before it.
    EXPECT_EQ(translated("the house is on is on red."), "la casa es en es en roja.");
}

TEST_F(OpusTest, SentencesAreTranslatedOneByOne) {
    EXPECT_EQ(translated("The house is red. The car is red."),
              "La casa es roja. El coche es rojo.");
}

TEST_F(OpusTest, ASignSurvivesTheModelThatManglesIt) {
    EXPECT_EQ(translated("the qzaa is red."), "la quesoaa es roja.");
    EXPECT_EQ(translated("the qzaa is red.", {{"qzaa", "cup", "copa"}}), "la qzaa es roja.");
    EXPECT_EQ(translated("Qzaa is on qzab.", {{"Qzaa", "A", "a"}, {"qzab", "b", "b"}}),
              "Qzaa es en qzab.");
}

TEST_F(OpusTest, AnEmptyTranslationIsAnError) {
    EXPECT_THAT(translated("nothing"), HasSubstr("an empty translation"));
}

TEST_F(OpusTest, StreamsShareOneModel) {
    const auto translator = make();
    ASSERT_TRUE(translator) << translator.error().message();
    std::vector<std::string> said(4);
    {
        std::vector<std::jthread> streams;
        for (auto& text : said) {
            streams.emplace_back([&] {
                text = "el coche es rojo.";
                for (int i = 0; i < 10 && text == "el coche es rojo."; ++i) {
                    text =
                        (*translator)
                            ->translate({.text = "the car is red.", .pair = kEnglishToSpanish}, {})
                            .value_or("failed");
                }
            });
        }
    }
    EXPECT_THAT(said, testing::Each("el coche es rojo."));
}

TEST_F(OpusTest, TruncatedFilesAreNamed) {
    for (const auto* name : {"encoder_model.onnx", "decoder_model_merged.onnx", "source.spm",
                             "target.spm", "vocab.json", "config.json", "generation_config.json"}) {
        const auto whole = get_file(folder() / name);
        for (const auto size : {whole.size() / 2, whole.size() - 1}) {
            put_file(folder() / name, whole.substr(0, size));
            const auto made = make();
            ASSERT_FALSE(made) << name << " of " << size << " bytes";
            EXPECT_EQ(made.error().code(), ErrorCode::kUnavailable);
            EXPECT_THAT(made.error().message(), HasSubstr(name));
        }
        put_file(folder() / name, whole);
    }
    EXPECT_TRUE(make());
}

TEST_F(OpusTest, FilesThatAreSomethingElseAreNamed) {
    for (const auto* name :
         {"encoder_model.onnx", "decoder_model_merged.onnx", "source.spm", "target.spm"}) {
        const auto whole = get_file(folder() / name);
        for (const auto& bytes :
             {std::string{}, std::string{"GGUF\0\0\0\3", 8}, std::string(100'000, '\xff'),
              get_file(folder() / "vocab.json")}) {
            put_file(folder() / name, bytes);
            const auto made = make();
            ASSERT_FALSE(made) << name;
            EXPECT_EQ(made.error().code(), ErrorCode::kUnavailable);
            EXPECT_THAT(made.error().message(), HasSubstr(name));
        }
        put_file(folder() / name, whole);
    }
}

TEST_F(OpusTest, GraphsInOneAnothersPlaceAreRefused) {
    fs::rename(folder() / "encoder_model.onnx", folder() / "other");
    fs::rename(folder() / "decoder_model_merged.onnx", folder() / "encoder_model.onnx");
    fs::rename(folder() / "other", folder() / "decoder_model_merged.onnx");

    EXPECT_THAT(make().error().message(), HasSubstr("is no graph of a Marian model"));
}

TEST_F(OpusTest, SizesThatAreNotTheModelsAreFoundWhenItIsLoaded) {
    const auto whole = get_file(folder() / "config.json");
    const auto refusal = [&](const std::string& old, const std::string& instead) {
        say("config.json", old, instead);
        const auto made = make();
        put_file(folder() / "config.json", whole);
        return made ? "it was loaded" : made.error().message();
    };

    EXPECT_THAT(refusal("\"decoder_layers\": 1", "\"decoder_layers\": 2"),
                HasSubstr("has no input"));
    EXPECT_THAT(refusal("\"decoder_attention_heads\": 2", "\"decoder_attention_heads\": 1"),
                HasSubstr("cannot be used"));
    EXPECT_THAT(refusal("\"vocab_size\": ", "\"vocab_size\": 1"), HasSubstr("of two models"));
}

}  // namespace
}  // namespace livedub::opus
