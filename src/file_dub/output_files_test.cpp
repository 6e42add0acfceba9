// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "file_dub/output_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <unistd.h>

namespace livedub::file_dub {
namespace {

namespace fs = std::filesystem;

class OutputFilesTest : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "livedub-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    void TearDown() override { fs::remove_all(dir_); }

    [[nodiscard]] std::ptrdiff_t count() const {
        return std::distance(fs::directory_iterator{dir_}, fs::directory_iterator{});
    }

    fs::path dir_;
};

TEST_F(OutputFilesTest, NothingIsLeftWithoutPublish) {
    {
        OutputFiles files;
        const auto temporary = files.add(dir_ / "a.mp4");
        ASSERT_TRUE(temporary.has_value());
        EXPECT_EQ(temporary->extension(), ".mp4");
        EXPECT_EQ(count(), 1);
    }
    EXPECT_EQ(count(), 0);
}

TEST_F(OutputFilesTest, PublishReplacesTheTargets) {
    std::ofstream{dir_ / "a.txt"} << "old";
    OutputFiles files;
    const auto temporary = files.add(dir_ / "a.txt");
    ASSERT_TRUE(OutputFiles::write(*temporary, "new").has_value());

    ASSERT_TRUE(files.publish().has_value());

    std::string text;
    std::ifstream{dir_ / "a.txt"} >> text;
    EXPECT_EQ(text, "new");
    EXPECT_EQ(count(), 1);
}

TEST_F(OutputFilesTest, SaysWhyAFileCannotBeMade) {
    OutputFiles files;

    const auto temporary = files.add(dir_ / "none" / "a.mp4");

    ASSERT_FALSE(temporary.has_value());
    EXPECT_EQ(temporary.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(temporary.error().message(), "No such file or directory");
}

}  // namespace
}  // namespace livedub::file_dub
