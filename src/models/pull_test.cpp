// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Against a server of this project's own, which knows no ranges; tests/conformance/test_models.py
// has the servers that do, and those that do it badly.

#include "models/pull.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "files/test_directory.hpp"
#include "http/server.hpp"
#include "models/pull_record.hpp"
#include "net/io_thread.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kShaOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class Notes final : public PullListener {
  public:
    void on_progress(const PullProgress& progress) override { last = progress; }
    void on_note(std::string_view note) override { notes.emplace_back(note); }

    PullProgress last;
    std::vector<std::string> notes;
};

class PullTest : public testing::Test {
  protected:
    void SetUp() override {
        auto started = http::Server::start(io_, "127.0.0.1", 0, [this](const http::Request& it) {
            ++asked_;
            if (it.path == "/abc" || it.path == "/mirror/abc") {
                return http::Response{.body = "abc"};
            }
            if (it.path == "/json") {
                return http::Response{.body = "{}"};
            }
            return http::Response{.status = it.path == "/busy" ? 503 : 404};
        });
        ASSERT_TRUE(started.has_value()) << started.error().message();
        server_ = std::move(*started);
        options_.first_pause = 1ms;
    }

    [[nodiscard]] std::string url(const std::string& path) const {
        return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
    }
    [[nodiscard]] ModelFile abc() const {
        return {.path = "m", .url = url("/abc"), .bytes = 3, .sha256 = kShaOfAbc};
    }
    Result<PulledFile> pull_now(const ModelFile& file) {
        return pull(file, dir_.path(), options_, notes_);
    }
    [[nodiscard]] std::vector<std::string> left() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator{dir_.path()}) {
            names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        return names;
    }

    files::TestDirectory dir_;
    net::IoThread io_;
    std::atomic<int> asked_ = 0;
    std::unique_ptr<http::Server> server_;
    PullOptions options_;
    Notes notes_;
};

TEST_F(PullTest, BringsAFileAndWritesDownWhatItIs) {
    const auto pulled = pull_now(abc());

    ASSERT_TRUE(pulled.has_value()) << pulled.error().message();
    EXPECT_FALSE(pulled->was_there);
    EXPECT_EQ(pulled->verdict.verdict, Verdict::kGood);
    EXPECT_EQ(files::get_file(dir_.path() / "m"), "abc");
    EXPECT_EQ(left(), (std::vector<std::string>{"m", "m.pulled"}));
    EXPECT_EQ(notes_.last.done, 3U);
    EXPECT_EQ(notes_.last.total, 3U);
    const auto record = read_record(dir_.path() / "m.pulled");
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->url, url("/abc"));
    EXPECT_EQ(record->sha256, kShaOfAbc);
    EXPECT_EQ(record->bytes, 3U);
}

TEST_F(PullTest, FetchesNothingThatIsThere) {
    ASSERT_TRUE(pull_now(abc()).has_value());
    const int before = asked_;

    const auto again = pull_now(abc());

    ASSERT_TRUE(again.has_value()) << again.error().message();
    EXPECT_TRUE(again->was_there);
    EXPECT_EQ(asked_, before);
    EXPECT_EQ(left(), (std::vector<std::string>{"m", "m.pulled"}));
}

TEST_F(PullTest, ReplacesABadFile) {
    files::put_file(dir_.path() / "m", "abd");

    const auto pulled = pull_now(abc());

    ASSERT_TRUE(pulled.has_value()) << pulled.error().message();
    EXPECT_EQ(files::get_file(dir_.path() / "m"), "abc");
    EXPECT_NE(notes_.notes.at(0).find("is bad"), std::string::npos);
}

TEST_F(PullTest, WithoutAChecksumTheFormatIsLookedAt) {
    const auto json = pull_now({.path = "j", .format = FileFormat::kJson, .url = url("/json")});
    ASSERT_TRUE(json.has_value()) << json.error().message();
    EXPECT_EQ(json->verdict.text, "no checksum known");

    const auto other = pull_now({.path = "o", .format = FileFormat::kOnnx, .url = url("/json")});
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().message(), url("/json") + ": not an ONNX file: it begins with \"{}\"");
    EXPECT_EQ(left(), (std::vector<std::string>{"j", "j.pulled"}));
}

TEST_F(PullTest, AWrongChecksumLeavesNothing) {
    auto file = abc();
    file.sha256.back() = '0';

    const auto pulled = pull_now(file);

    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(pulled.error().message().find("wrong checksum"), std::string::npos);
    EXPECT_TRUE(left().empty());
}

TEST_F(PullTest, AnotherSizeIsRefusedBeforeItComes) {
    auto file = abc();
    file.bytes = 4;

    const auto pulled = pull_now(file);

    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().message(), url("/abc") + ": the file has 3 bytes, should have 4");
    EXPECT_TRUE(left().empty());
}

TEST_F(PullTest, TriesAgainAsOftenAsItMay) {
    auto file = abc();
    file.url = url("/busy");
    options_.retries = 2;

    const auto pulled = pull_now(file);

    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code(), ErrorCode::kUnavailable);
    EXPECT_EQ(pulled.error().message(), url("/busy") + ": HTTP 503; gave up");
    EXPECT_EQ(asked_, 3);
    ASSERT_EQ(notes_.notes.size(), 2U);
    EXPECT_EQ(notes_.notes[1], url("/busy") + ": HTTP 503; trying again in 0.002 s");
}

TEST_F(PullTest, WhatIsNotThereIsAskedForOnce) {
    auto file = abc();
    file.url = url("/missing");

    const auto pulled = pull_now(file);

    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().message(), url("/missing") + ": HTTP 404");
    EXPECT_EQ(asked_, 1);
    EXPECT_TRUE(left().empty());
}

TEST_F(PullTest, BeginsAnewWhereTheServerKnowsNoRanges) {
    files::put_file(dir_.path() / "m.part", "ab");
    ASSERT_TRUE(write_record(dir_.path() / "m.part-from",
                             {.url = url("/abc"), .validator = "\"v1\"", .bytes = 3})
                    .has_value());

    const auto pulled = pull_now(abc());

    ASSERT_TRUE(pulled.has_value()) << pulled.error().message();
    EXPECT_EQ(files::get_file(dir_.path() / "m"), "abc");
    EXPECT_EQ(left(), (std::vector<std::string>{"m", "m.pulled"}));
}

TEST_F(PullTest, ThrowsAwayAPartFromElsewhere) {
    files::put_file(dir_.path() / "m.part", "zz");
    ASSERT_TRUE(
        write_record(dir_.path() / "m.part-from", {.url = "https://elsewhere/m"}).has_value());

    ASSERT_TRUE(pull_now(abc()).has_value());

    EXPECT_EQ(files::get_file(dir_.path() / "m"), "abc");
}

/// Stops where a crash might: the file is whole and has not got its name.
TEST_F(PullTest, TheRecordIsThereBeforeTheFileHasItsName) {
    const ModelFile file{.path = "j", .format = FileFormat::kJson, .url = url("/json")};
    const auto target = dir_.path() / "j";
    ASSERT_TRUE(write_record(dir_.path() / "j.pulled", {.url = url("/json"), .sha256 = "of old"})
                    .has_value());
    fs::create_directory(target);
    ASSERT_FALSE(pull_now(file).has_value());

    fs::remove(target);
    fs::rename(dir_.path() / "j.part", target);

    const auto verdict = verify(file, dir_.path(), {});
    ASSERT_TRUE(verdict.has_value());
    EXPECT_EQ(verdict->verdict, Verdict::kUnchanged) << verdict->text;
}

TEST_F(PullTest, AMirrorHasTheSamePaths) {
    auto file = abc();
    file.url = "https://models.example/abc";
    options_.base_url = url("/mirror/");

    ASSERT_TRUE(pull_now(file).has_value());

    EXPECT_EQ(url_at("https://h/a/b?c", ""), "https://h/a/b?c");
    EXPECT_EQ(url_at("https://h/a/b?c", "http://m"), "http://m/a/b?c");
    EXPECT_EQ(url_at("https://h/a", "http://m/x//"), "http://m/x/a");
    EXPECT_EQ(url_at("https://h", "http://m"), "http://m/");
}

TEST_F(PullTest, StopsWhenAskedTo) {
    std::stop_source stop;
    stop.request_stop();

    const auto pulled = pull(abc(), dir_.path(), options_, notes_, stop.get_token());

    ASSERT_FALSE(pulled.has_value());
    EXPECT_EQ(pulled.error().code(), ErrorCode::kCancelled);
    EXPECT_FALSE(fs::exists(dir_.path() / "m"));
}

}  // namespace
}  // namespace livedub::models
