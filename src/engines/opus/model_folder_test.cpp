// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/model_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::opus {
namespace {

using files::put_file;
using files::TestDirectory;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(ModelFolder, PairsAreFoundByName) {
    const TestDirectory first;
    const TestDirectory second;
    put_file(first.path() / "opus-mt-en-es" / "x", "");
    put_file(second.path() / "opus-mt-en-es" / "x", "");
    put_file(second.path() / "opus-mt-en-de" / "x", "");
    put_file(second.path() / "opus-mt-tc-big-en-pt" / "x", "");
    put_file(second.path() / "opus-mt-en" / "x", "");
    put_file(second.path() / "opus-mt-en-fr", "a file");

    EXPECT_THAT(pair_folders({first.path(), second.path(), first.path() / "nowhere"}),
                ElementsAre(second.path() / "opus-mt-en-de", first.path() / "opus-mt-en-es"));
    EXPECT_EQ(folder_name("en", "es"), "opus-mt-en-es");
}

class AFolder : public testing::Test {
  protected:
    void put(const std::string& name) const { put_file(directory_.path() / name, name); }
    void put_all() const {
        for (const auto* name : {"encoder_model.onnx", "decoder_model_merged.onnx", "source.spm",
                                 "target.spm", "vocab.json", "config.json"}) {
            put(name);
        }
    }
    [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

  private:
    TestDirectory directory_;
};

TEST_F(AFolder, HasItsFiles) {
    put_all();
    put("encoder_model_quantized.onnx");

    const auto files = files_of(path());

    ASSERT_TRUE(files) << files.error().message();
    EXPECT_EQ(files->encoder, path() / "encoder_model.onnx");
    EXPECT_EQ(files->decoder, path() / "decoder_model_merged.onnx");
    EXPECT_TRUE(files->generation.empty());

    put("generation_config.json");
    EXPECT_EQ(files_of(path())->generation, path() / "generation_config.json");
}

TEST_F(AFolder, MayHaveItsGraphsSmallerAndInAFolderOfTheirOwn) {
    put_all();
    std::filesystem::remove(path() / "encoder_model.onnx");
    std::filesystem::remove(path() / "decoder_model_merged.onnx");
    put("encoder_model_quantized.onnx");
    put("onnx/decoder_model_merged_quantized.onnx");

    const auto files = files_of(path());

    ASSERT_TRUE(files) << files.error().message();
    EXPECT_EQ(files->encoder, path() / "encoder_model_quantized.onnx");
    EXPECT_EQ(files->decoder, path() / "onnx" / "decoder_model_merged_quantized.onnx");
}

TEST_F(AFolder, NamesAllThatItLacks) {
    put_all();
    std::filesystem::remove(path() / "target.spm");
    std::filesystem::remove(path() / "encoder_model.onnx");

    const auto files = files_of(path());

    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(files.error().message(), HasSubstr(path().string()));
    EXPECT_THAT(files.error().message(), HasSubstr("lacks encoder_model.onnx, target.spm"));
    EXPECT_THAT(files.error().message(), Not(HasSubstr("vocab.json")));
}

}  // namespace
}  // namespace livedub::opus
