// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/partial_file.hpp"

#include <atomic>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

class PartialFileTest : public testing::Test {
  protected:
    [[nodiscard]] Result<PartialFile> open(const std::stop_token& stop = {}) {
        return PartialFile::open(
            target_, [this] { ++waits_; }, stop);
    }
    [[nodiscard]] bool has(const std::string& suffix) const {
        return fs::exists(target_.string() + suffix);
    }

    files::TestDirectory dir_;
    const fs::path target_ = dir_.path() / "sub" / "model";
    std::atomic<int> waits_ = 0;
};

TEST_F(PartialFileTest, BecomesTheFileWhenItIsFinished) {
    auto file = open();
    ASSERT_TRUE(file.has_value()) << file.error().message();
    ASSERT_TRUE(file->append("ab").has_value());
    ASSERT_TRUE(file->append("cd").has_value());
    EXPECT_EQ(file->size(), 4U);
    EXPECT_FALSE(has(""));

    ASSERT_TRUE(file->finish().has_value());

    EXPECT_EQ(files::get_file(target_), "abcd");
    EXPECT_FALSE(has(".part"));
}

TEST_F(PartialFileTest, GoesOnWhereItEnded) {
    { ASSERT_TRUE(open().value().append("ab").has_value()); }
    EXPECT_TRUE(has(".part"));

    auto again = open();
    EXPECT_EQ(again->size(), 2U);
    ASSERT_TRUE(again->append("cd").has_value());
    ASSERT_TRUE(again->finish().has_value());

    EXPECT_EQ(files::get_file(target_), "abcd");
}

TEST_F(PartialFileTest, LeavesNothingWhenThereIsNothing) {
    {
        auto file = open();
        ASSERT_TRUE(file->append("ab").has_value());
        files::put_file(target_.string() + ".part-from", "{}");
        ASSERT_TRUE(file->clear().has_value());
    }
    EXPECT_FALSE(has(".part"));
    EXPECT_FALSE(has(".part-from"));
}

TEST_F(PartialFileTest, HasOneWriterAtATime) {
    auto first = open();
    ASSERT_TRUE(first->append("first").has_value());
    std::string found;
    std::thread second{[&] {
        const auto file = open();
        found = file && file->size() == 0 ? files::get_file(target_) : "not alone";
    }};
    while (waits_ == 0) {
        std::this_thread::yield();
    }

    ASSERT_TRUE(first->finish().has_value());
    second.join();

    EXPECT_EQ(found, "first");
    EXPECT_FALSE(has(".part"));  // the second's own, which it had no use for
}

TEST_F(PartialFileTest, StopsWaitingWhenAskedTo) {
    const auto first = open();
    std::stop_source stop;
    std::thread second{[&] {
        const auto file = open(stop.get_token());
        EXPECT_FALSE(file.has_value());
        EXPECT_EQ(file.error().code(), ErrorCode::kCancelled);
    }};
    while (waits_ == 0) {
        std::this_thread::yield();
    }

    stop.request_stop();
    second.join();
}

TEST_F(PartialFileTest, AFullDiskIsAnErrorAndKeepsWhatIsThere) {
    // A limit on the size of files fails a write as a full disk does: part of it is there already.
    struct rlimit before {};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { 4'096, before.rlim_max };
    auto file = open();
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);

    const auto written = file->append(std::string(10'000, 'x'));

    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    static_cast<void>(std::signal(SIGXFSZ, old_handler));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), ErrorCode::kExhausted);
    EXPECT_NE(written.error().message().find("model.part"), std::string::npos);
    EXPECT_EQ(file->size(), 4'096U);
}

TEST_F(PartialFileTest, ADirectoryThatCannotBeMadeIsAnErrorThatNamesIt) {
    files::put_file(dir_.path() / "sub", "in the way");

    const auto file = open();

    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code(), ErrorCode::kUnavailable);
    EXPECT_NE(file.error().message().find((dir_.path() / "sub").string()), std::string::npos);
}

TEST_F(PartialFileTest, FollowsNoLinkOfSomebodyElse) {
    files::put_file(dir_.path() / "precious", "mine");
    fs::create_directories(target_.parent_path());
    fs::create_symlink(dir_.path() / "precious", target_.string() + ".part");

    EXPECT_FALSE(open().has_value());
    EXPECT_EQ(files::get_file(dir_.path() / "precious"), "mine");
}

}  // namespace
}  // namespace livedub::models
