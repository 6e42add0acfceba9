// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "files/whole_file.hpp"

#include <csignal>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "files/test_directory.hpp"

namespace livedub::files {
namespace {

namespace fs = std::filesystem;

TEST(WholeFile, AWrittenFileIsWholeAndAlone) {
    const TestDirectory dir;
    const auto path = dir.path() / "a" / "b" / "file";

    ASSERT_TRUE(write_whole_file(path, "first").has_value());
    ASSERT_TRUE(write_whole_file(path, "second").has_value());

    EXPECT_EQ(get_file(path), "second");
    EXPECT_EQ(std::distance(fs::directory_iterator{path.parent_path()}, {}), 1);
}

TEST(WholeFile, AFullDiskLeavesNothingBehind) {
    const TestDirectory dir;
    const auto path = dir.path() / "file.txt";
    // A limit on the size of files fails a write as a full disk does: part of it is there already.
    struct rlimit before {};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { 4'096, before.rlim_max };
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);

    const auto written = write_whole_file(path, std::string(100'000, 'x'));

    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    static_cast<void>(std::signal(SIGXFSZ, old_handler));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), ErrorCode::kUnavailable);
    EXPECT_TRUE(fs::is_empty(dir.path()));
}

TEST(WholeFile, ADirectoryThatCannotBeMadeIsAnError) {
    const TestDirectory dir;
    put_file(dir.path() / "file", "in the way");

    const auto written = write_whole_file(dir.path() / "file" / "file.txt", "x");

    ASSERT_FALSE(written.has_value());
    EXPECT_NE(written.error().message().find("file"), std::string::npos);
}

TEST(ReadWholeFile, GivesWhatIsThere) {
    const TestDirectory directory;
    const auto path = directory.path() / "file";
    const std::string bytes(200'000, 'a');
    put_file(path, bytes);

    EXPECT_EQ(read_whole_file(path, bytes.size()), bytes);
    const auto more = read_whole_file(path, bytes.size() - 1);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(more.error().message(),
              path.string() + ": cannot be read: it has more than 199999 bytes");
    EXPECT_TRUE(read_whole_file("/proc/version", 10'000));  // of no size
}

TEST(ReadWholeFile, WaitsForNothing) {
    const TestDirectory directory;
    const auto pipe = directory.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);

    for (const auto& path : {pipe, directory.path(), directory.path() / "missing",
                             std::filesystem::path{"/dev/zero"}}) {
        const auto text = read_whole_file(path, 1'000);
        ASSERT_FALSE(text) << path;
        EXPECT_EQ(text.error().code(), ErrorCode::kUnavailable);
        EXPECT_TRUE(text.error().message().starts_with(path.string() + ": cannot be read: "));
    }
}

}  // namespace
}  // namespace livedub::files
