// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/json_scan.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace livedub::wire {
namespace {

class JsonValue : public testing::TestWithParam<std::string_view> {};

TEST_P(JsonValue, EndsWhereItEnds) {
    const std::string text = std::string{GetParam()} + " ,1]";
    EXPECT_EQ(end_of_json_value(text, 0), GetParam().size());
}

INSTANTIATE_TEST_SUITE_P(Table, JsonValue,
                         testing::Values("null", "true", "false", "0", "-1.5e+3", "NaN", R"("")",
                                         R"("a\"b\\")", R"("\\\\")", "[]", "[ ]", "{}", "{ }",
                                         "[1,2 , 3]", R"({"a":1,"b" : [ {} , "]" ] })", "[[[[]]]]",
                                         R"({"a":{"b":{"c":[1]}}})"));

class NoJsonValue : public testing::TestWithParam<std::string_view> {};

TEST_P(NoJsonValue, IsFound) {
    EXPECT_EQ(end_of_json_value(GetParam(), 0), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Table, NoJsonValue,
                         testing::Values("", " ", "]", ",", ":", "\"", R"("\")", R"("\)", "[", "[1",
                                         "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{1}", R"({"a"})",
                                         R"({"a":})", R"({"a":1,})", R"({"a":1]")", R"({a:1})", "{",
                                         R"({"a")"));

TEST(JsonScan, TakesWhatIsNestedAMillionDeep) {
    constexpr std::size_t kDepth = 1'000'000;
    std::string text;
    for (std::size_t i = 0; i < kDepth; ++i) {
        text += R"([{"a":)";
    }
    EXPECT_EQ(end_of_json_value(text, 0), std::nullopt);
    text += '1';
    for (std::size_t i = 0; i < kDepth; ++i) {
        text += "}]";
    }
    EXPECT_EQ(end_of_json_value(text, 0), text.size());
    text.back() = '}';
    EXPECT_EQ(end_of_json_value(text, 0), std::nullopt);
}

TEST(JsonScan, FindsTheQuoteThatNoBackslashTakes) {
    EXPECT_EQ(find_closing_quote(R"(\\\"\\" ")", 0), 6U);
    EXPECT_EQ(find_closing_quote(R"(ab\")", 3), 3U);  // what goes before the place is not looked at
    EXPECT_EQ(find_closing_quote(R"(\")", 0), std::string_view::npos);
    EXPECT_EQ(find_closing_quote("ab", 2), std::string_view::npos);
}

TEST(JsonScan, TakesTimeInProportionToTheText) {
    std::string text{"\""};
    for (int i = 0; i < 500'000; ++i) {
        text += R"(\")";
    }
    text += '"';

    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(end_of_json_string(text, 0), text.size());
    // Looking for the end again after each escape would take minutes.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{10});
}

}  // namespace
}  // namespace livedub::wire
