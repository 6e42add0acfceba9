// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "files/json_excerpt.hpp"

#include <cstddef>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace livedub::files {
namespace {

using Json = nlohmann::json;

TEST(JsonExcerpt, ShowsWhatIsShort) {
    EXPECT_EQ(excerpt(5), "5");
    EXPECT_EQ(excerpt(nullptr), "null");
    EXPECT_EQ(excerpt(true), "true");
    EXPECT_EQ(excerpt("a \"b\"\n"), R"("a \"b\"\n")");
    EXPECT_EQ(excerpt(Json::object()), "an object");
    EXPECT_EQ(excerpt(Json::array({1, 2})), "an array");
}

TEST(JsonExcerpt, CutsBetweenLetters) {
    std::string letters;
    std::string shown;
    for (int i = 0; i < 41; ++i) {
        letters += "\u00f1";
        shown += i < 40 ? "\u00f1" : "...";
    }

    EXPECT_EQ(excerpt(letters), '"' + shown + '"');
    EXPECT_EQ(excerpt(std::string(40, 'a')), '"' + std::string(40, 'a') + '"');
}

TEST(JsonExcerpt, IsNoDeeperThanItsStack) {
    constexpr std::size_t kDeep = 500'000;
    const auto value = Json::parse(std::string(kDeep, '[') + std::string(kDeep, ']'));

    EXPECT_EQ(excerpt(value), "an array");
}

}  // namespace
}  // namespace livedub::files
