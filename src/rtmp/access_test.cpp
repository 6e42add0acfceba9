// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/access.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::rtmp {
namespace {

using testing::HasSubstr;
using testing::Not;

AccessList list_of(std::string_view text) {
    auto list = AccessList::parse(text);
    EXPECT_TRUE(list) << list.error().message();
    return list.value_or(AccessList{});
}

bool may(const AccessList& list, Access access, std::string path, std::string query = {}) {
    return list.allows({.access = access,
                        .path = std::move(path),
                        .query = std::move(query),
                        .peer = "127.0.0.1",
                        .connection_id = "1"});
}

TEST(AccessList, AllowsWhatALineAllowsAndNothingElse) {
    const auto list = list_of(
        "# who may do what\n"
        "publish  live/*/in   correct-horse\n"
        "\r\n"
        "play\tlive/*/out\tany\r\n"
        "publish  live/game/out  battery");
    EXPECT_TRUE(may(list, Access::kPublish, "live/a/in", "key=correct-horse"));
    EXPECT_TRUE(may(list, Access::kPublish, "live/a/in", "lang=es&key=correct-horse"));
    EXPECT_FALSE(may(list, Access::kPublish, "live/a/in"));
    EXPECT_FALSE(may(list, Access::kPublish, "live/a/in", "key=correct-hors"));
    EXPECT_FALSE(may(list, Access::kPublish, "live/a/in", "key=any"));
    EXPECT_FALSE(may(list, Access::kPlay, "live/a/in", "key=correct-horse"));
    EXPECT_TRUE(may(list, Access::kPlay, "live/a/out"));
    EXPECT_TRUE(may(list, Access::kPublish, "live/game/out", "pass=battery"));
    EXPECT_FALSE(may(list, Access::kPublish, "live/other/out", "pass=battery"));
}

TEST(AccessList, AStarIsWithinOnePart) {
    const auto list = list_of("play live/*/out any\nplay cam-*/x*y/* any");
    EXPECT_TRUE(may(list, Access::kPlay, "live/a/out"));
    EXPECT_FALSE(may(list, Access::kPlay, "live/a/b/out"));
    EXPECT_FALSE(may(list, Access::kPlay, "live/a/out2"));
    EXPECT_FALSE(may(list, Access::kPlay, "live/out"));
    EXPECT_TRUE(may(list, Access::kPlay, "cam-1/xaybyy/z"));
    EXPECT_FALSE(may(list, Access::kPlay, "cam-1/xayb/z"));
    EXPECT_FALSE(may(list, Access::kPlay, "cam-1/xy/z/z"));
}

TEST(AccessList, AKeyMayBeKeptAsItsHash) {
    // printf %s correct-horse | sha256sum
    const auto list = list_of(
        "publish live/*/in "
        "sha256:9dca666eb54730714630d1519264a7bf1eeaad00b8f2edc90d3ecbfad928d163");
    EXPECT_TRUE(may(list, Access::kPublish, "live/a/in", "key=correct-horse"));
    EXPECT_FALSE(may(list, Access::kPublish, "live/a/in", "key=wrong"));
}

TEST(AccessList, BadLinesAreNamedAndTheirKeysAreNot) {
    const auto error_of = [](std::string_view text) {
        const auto list = AccessList::parse(text);
        return list ? std::string{"none"} : list.error().message();
    };
    EXPECT_EQ(error_of("\npull live/a/in s3cret"),
              "line 2: \"pull\" is no action: publish or play");
    EXPECT_EQ(error_of("play live s3cret"), "line 1: \"live\" is no path like live/*/in");
    EXPECT_EQ(error_of("play live/[ab]/in s3cret"),
              "line 1: \"live/[ab]/in\" is no path like live/*/in");
    EXPECT_EQ(error_of("play"), "line 1: \"\" is no path like live/*/in");
    EXPECT_EQ(error_of("play live/a/in"), "line 1: an action, a path and a key, which is one word");
    const auto two_words = error_of("play live/a/in s3cret word");
    EXPECT_THAT(two_words, HasSubstr("one word"));
    EXPECT_THAT(two_words, Not(HasSubstr("s3cret")));
    EXPECT_EQ(error_of("play live/a/in sha256:12"), "line 1: sha256: and 64 hexadecimal digits");
    EXPECT_EQ(error_of("play live/a/in sha256:" + std::string(64, 'g')),
              "line 1: sha256: and 64 hexadecimal digits");
    EXPECT_EQ(error_of("# nothing\n"), "no line says who may do anything");
}

TEST(AccessList, AFileIsNamedInItsErrors) {
    const auto path = std::filesystem::path{testing::TempDir()} / "keys_of_access_test";
    std::ofstream{path} << "play live/a/in\n";
    EXPECT_THAT(AccessList::load(path).error().message(), HasSubstr("keys_of_access_test: line 1"));
    std::filesystem::remove(path);
    EXPECT_EQ(AccessList::load(path).error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(AccessList::load("/").error().message(), HasSubstr("/: "));
}

TEST(Credentials, AreFoundUnderEachNameAndDecoded) {
    EXPECT_EQ(credentials_of("a=b&key=s%26t").secret, "s&t");
    EXPECT_EQ(credentials_of("user=u&pass=p").user, "u");
    EXPECT_EQ(credentials_of("user=u&pass=p").secret, "p");
    EXPECT_EQ(credentials_of("token=t").secret, "t");
    EXPECT_EQ(credentials_of("monkey=m").secret, "");
}

TEST(Credentials, AreNotShown) {
    EXPECT_EQ(without_credentials_in_query("lang=es&key=s&user=u&pass=p&token=t&voice=x"),
              "lang=es&voice=x");
    EXPECT_EQ(without_credentials_in_query("key=s"), "");
    EXPECT_EQ(without_credentials_in_query("lang=es&monkey=m&flag"), "lang=es&monkey=m&flag");
}

}  // namespace
}  // namespace livedub::rtmp
