// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/document.hpp"

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace livedub::contract {
namespace {

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

struct BadText {
    std::string name;
    std::string text;
    std::string problem;
};

void PrintTo(const BadText& row, std::ostream* out) {
    *out << row.name;
}

class DocumentRefuses : public testing::TestWithParam<BadText> {};

TEST_P(DocumentRefuses, AndSaysWhy) {
    const auto document = Document::parse(GetParam().text);

    ASSERT_FALSE(document.has_value());
    EXPECT_EQ(document.error(), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, DocumentRefuses,
    testing::Values(
        BadText{"Empty", "", "no valid JSON at byte 1: unexpected end of input"},
        BadText{"Nan", R"({"a":NaN})", "no valid JSON at byte 6: invalid literal"},
        BadText{"Trailing", "{} x", "no valid JSON at byte 4: invalid literal"},
        BadText{"Unclosed", R"({"a":"b)",
                "no valid JSON at byte 8: invalid string: missing closing quote"},
        BadText{"InvalidUtf8", "{\"a\":\"\xC3(\"}",
                "no valid JSON at byte 8: invalid string: ill-formed UTF-8 byte"},
        BadText{"LoneSurrogate", R"({"a":"\ud800"})",
                "no valid JSON at byte 13: invalid string: surrogate U+D800..U+DBFF must be "
                "followed by U+DC00..U+DFFF"},
        BadText{"HugeNumber", R"({"a":1e999})",
                "no valid JSON at byte 10: a number beyond all bounds"},
        BadText{"BehindALongString", "{\"a\":\"" + std::string(2'000, 'x') + "\",}",
                "no valid JSON at byte 2009: unexpected '}'"},
        BadText{"TooDeep", nested(kMostJsonDepth + 1), "JSON nested deeper than 64"},
        BadText{"FarTooDeep", std::string(5'000'000, '['), "JSON nested deeper than 64"}),
    [](const auto& row) { return row.param.name; });

TEST(Document, ReadsUpToTheGreatestDepth) {
    EXPECT_TRUE(Document::parse(nested(kMostJsonDepth)).has_value());
}

TEST(Document, RefusesMoreValuesThanItsBound) {
    std::string text = "[0";
    for (std::size_t i = 0; i + 2 < kMostJsonValues; ++i) {
        text += ",0";
    }
    EXPECT_TRUE(Document::parse(text + "]").has_value());

    const auto document = Document::parse(text + ",0]");
    ASSERT_FALSE(document.has_value());
    EXPECT_EQ(document.error(), "JSON of more than 20000 values");
}

// Long strings go round the parser; what is said must be the same as if they had gone through it.
TEST(Document, ReadsLongStringsWhereverTheyStand) {
    const std::string long_one(5'000, 'A');
    const std::string long_two(1'024, 'b');
    const std::string short_one(1'023, 'c');
    const std::string escaped = R"(\\\\\"\u00e9)" + std::string(2'000, 'd');
    const std::string key(1'500, 'k');
    const std::string text = R"({"a":")" + long_one + R"(","b\"":[")" + short_one + R"(",")" +
                             long_two + R"("],"e":")" + escaped + R"(",")" + key + R"(":")" +
                             long_one + R"(!","last":"\\"})";

    std::array documents{Document::parse(text), Document::parse_in_place(text)};
    for (auto& document : documents) {
        ASSERT_TRUE(document.has_value()) << document.error();
        EXPECT_EQ(document->root(), nlohmann::json::parse(text));
    }
}

TEST(Document, GivesTheTextsMemoryToItsOneLongString) {
    std::string text = R"({"a":1,"b":")" + std::string(5'000, 'A') + R"(","c":2})";
    const auto* const memory = text.data();
    const auto expected = nlohmann::json::parse(text);

    auto document = Document::parse_in_place(std::move(text));

    ASSERT_TRUE(document.has_value()) << document.error();
    EXPECT_EQ(document->root(), expected);
    EXPECT_EQ(document->root()["b"].get_ref<std::string&>().data(), memory);
}

TEST(Document, AStringThatIsLittleOfTheTextDoesNotHoldItsMemory) {
    const std::string much = R"({"a":[)" + std::string(10'000, ' ') + R"("","b"],"c":")";
    auto document = Document::parse_in_place(much + std::string(2'000, 'A') + R"("})");

    ASSERT_TRUE(document.has_value()) << document.error();
    EXPECT_LT(document->root()["c"].get_ref<std::string&>().capacity(), 5'000U);
}

TEST(Document, KnowsTheLongStringThatIsBase64) {
    const std::string letters(4'000, 'A');
    const auto is_proven = [](const std::string& b, const std::string& rest = "") {
        auto document = Document::parse_in_place(R"({"a":"AAAA","b":")" + b + "\"" + rest + "}");
        EXPECT_TRUE(document.has_value());
        const auto text = std::move(document->root()["b"].get_ref<std::string&>());
        EXPECT_FALSE(document->is_proven_base64(document->root()["a"].get_ref<std::string&>()));
        return document->is_proven_base64(text);
    };
    EXPECT_TRUE(is_proven(letters));
    EXPECT_TRUE(is_proven(letters + "AA=="));
    EXPECT_FALSE(is_proven("AAAA"));
    for (const auto* const end :
         {"A", "=", "===", "====", "AB==", "AA==AAAA", "A A=", R"(\/AAA)"}) {
        EXPECT_FALSE(is_proven(letters + end)) << end;
    }
    EXPECT_FALSE(is_proven(letters, R"(,"b":")" + std::string(4'000, '-') + "\""));
}

TEST(Document, KeepsALongStringThatOnlyLooksPlain) {
    const std::string text = "{\"a\":\"" + std::string(2'000, 'x') + "\xC3\xA9\"}";

    auto document = Document::parse(text);

    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->root(), nlohmann::json::parse(text));
    EXPECT_FALSE(Document::parse("{\"a\":\"" + std::string(2'000, 'x') + "\n\"}").has_value());
}

TEST(Document, NoticesARepeatedKeyAtAnyDepth) {
    auto document = Document::parse(R"({"a":{"b":1,"b":2},"c":0,"c":1})");

    ASSERT_TRUE(document.has_value());
    EXPECT_EQ(document->repeated_key(), "b");
    EXPECT_EQ(document->root()["a"]["b"], 2);
    EXPECT_EQ(Document::parse(R"([{"a":1},{"a":1}])")->repeated_key(), "");
}

}  // namespace
}  // namespace livedub::contract
