// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/pocketsphinx/model_files.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

namespace livedub::pocketsphinx {
namespace {

using testing::HasSubstr;

class ModelFolder : public testing::Test {
  protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::path{testing::TempDir()} /
                  (std::string{"livedub-model-"} + info->name());
        std::filesystem::create_directories(folder_ / "en-us");
        for (const char* file :
             {"en-us/mdef", "en-us/means", "en-us/variances", "en-us/transition_matrices",
              "en-us/feat.params", "en-us.lm.bin", "cmudict-en-us.dict"}) {
            std::ofstream{folder_ / file} << "x";
        }
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

TEST_F(ModelFolder, IsFoundBehindOnesThatDoNotExist) {
    const auto files = find_english_model({"/nowhere/at/all", folder_});

    ASSERT_TRUE(files.has_value()) << files.error().message();
    EXPECT_EQ(files->dictionary, folder_ / "cmudict-en-us.dict");
}

TEST_F(ModelFolder, SaysWhichFileAndPackageAreMissing) {
    std::ofstream{folder_ / "en-us.lm.bin", std::ios::trunc}.close();

    const auto files = find_english_model({folder_});

    ASSERT_FALSE(files.has_value());
    EXPECT_EQ(files.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(files.error().message(),
                AllOf(HasSubstr("en-us.lm.bin"), HasSubstr("pocketsphinx-en-us")));
}

TEST(ModelFolders, NoneIsAnErrorToo) {
    const auto files = find_english_model({"/nowhere/at/all"});

    ASSERT_FALSE(files.has_value());
    EXPECT_THAT(files.error().message(), HasSubstr("/nowhere/at/all"));
    EXPECT_FALSE(default_model_directories().empty());
}

}  // namespace
}  // namespace livedub::pocketsphinx
