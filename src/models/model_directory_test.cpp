// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/model_directory.hpp"

#include <map>

#include <gtest/gtest.h>

#include "files/test_directory.hpp"

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

Environment with(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional{found->second};
    };
}

TEST(ModelDirectory, IsWhatTheSettingSays) {
    const files::TestDirectory shared;
    const auto both = with({{"MODEL_CACHE_DIR", "/a"}, {"STS_MODEL_CACHE_DIR", "/b"}});
    const auto older = with({{"MODEL_CACHE_DIR", ""}, {"STS_MODEL_CACHE_DIR", "/b"}});

    EXPECT_EQ(model_directory(both, shared.path()).value(), "/a");
    EXPECT_EQ(model_directory(older, shared.path()).value(), "/b");
}

TEST(ModelDirectory, IsTheSharedOneWhereThatCanBeWrittenTo) {
    const files::TestDirectory shared;

    EXPECT_EQ(model_directory(with({{"HOME", "/home/me"}}), shared.path()).value(), shared.path());
}

TEST(ModelDirectory, IsThePersonsOwnElsewhere) {
    const fs::path nowhere = "/nowhere/models";

    EXPECT_EQ(model_directory(with({{"HOME", "/home/me"}}), nowhere).value(),
              "/home/me/.local/share/livedub/models");
    EXPECT_EQ(
        model_directory(with({{"HOME", "/home/me"}, {"XDG_DATA_HOME", "/data"}}), nowhere).value(),
        "/data/livedub/models");
    EXPECT_EQ(
        model_directory(with({{"HOME", "/home/me"}, {"XDG_DATA_HOME", "data"}}), nowhere).value(),
        "/home/me/.local/share/livedub/models");
}

TEST(ModelDirectory, IsAskedForWhereThereIsNoHome) {
    const auto found = model_directory(with({}), "/nowhere/models");

    ASSERT_FALSE(found.has_value());
    EXPECT_NE(found.error().message().find("MODEL_CACHE_DIR"), std::string::npos);
}

class PresenceTest : public testing::Test {
  protected:
    [[nodiscard]] Presence presence() const { return presence_of(model_, dir_.path()); }
    void put(const std::string& name, const std::string& bytes) const {
        files::put_file(dir_.path() / name, bytes);
    }

    files::TestDirectory dir_;
    Model model_{.name = "m", .files = {{.path = "a", .bytes = 4}, {.path = "b"}}};
};

TEST_F(PresenceTest, IsToldByNamesAndSizes) {
    EXPECT_EQ(presence(), Presence::kAbsent);
    put("a.part", "");
    EXPECT_EQ(presence(), Presence::kAbsent);
    put("a.part", "ab");
    EXPECT_EQ(presence(), Presence::kPartly);
    put("a", "abcd");
    EXPECT_EQ(presence(), Presence::kPartly);
    put("b", "x");
    EXPECT_EQ(presence(), Presence::kPresent);
    put("a", "abc");
    EXPECT_EQ(presence(), Presence::kWrongSize);
    put("a", "abcd");
    put("b", "");
    EXPECT_EQ(presence(), Presence::kWrongSize);
}

TEST_F(PresenceTest, ADirectoryInItsPlaceIsNotTheFile) {
    fs::create_directories(dir_.path() / "a");
    put("b", "x");

    EXPECT_EQ(presence(), Presence::kPartly);
}

TEST_F(PresenceTest, AnEngineIsToldTheFirstFileOrTheDirectory) {
    EXPECT_EQ(path_of(model_, "/m"), "/m/a");
    model_.directory = "pair";
    EXPECT_EQ(path_of(model_, "/m"), "/m/pair");
}

}  // namespace
}  // namespace livedub::models
