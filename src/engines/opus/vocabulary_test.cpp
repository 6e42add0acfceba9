// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/vocabulary.hpp"

#include <cstddef>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::opus {
namespace {

using testing::HasSubstr;

TEST(Vocabulary, KnowsPiecesByNumberAndBack) {
    const auto vocabulary = Vocabulary::parse(
        R"({"</s>": 0, "<unk>": 1, "▁gol": 2, "es": 3, ".": 4, "ñ": 5, "<pad>": 6})");

    ASSERT_TRUE(vocabulary) << vocabulary.error().message();
    EXPECT_EQ(vocabulary->size(), 7U);
    EXPECT_EQ(vocabulary->find("▁gol"), 2);
    EXPECT_EQ(vocabulary->find("gol"), std::nullopt);
    EXPECT_EQ(vocabulary->piece(6), "<pad>");
    EXPECT_EQ(vocabulary->unknown(), 1);
    EXPECT_FALSE(vocabulary->is_inside_word(2));
    EXPECT_TRUE(vocabulary->is_inside_word(3));
    EXPECT_FALSE(vocabulary->is_inside_word(4));
    EXPECT_TRUE(vocabulary->is_inside_word(5));
}

struct Bad {
    const char* name;
    const char* json;
    const char* message;

    friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
};

class VocabularyRefuses : public testing::TestWithParam<Bad> {};

TEST_P(VocabularyRefuses, WithAReason) {
    const auto vocabulary = Vocabulary::parse(GetParam().json);

    ASSERT_FALSE(vocabulary);
    EXPECT_EQ(vocabulary.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(vocabulary.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, VocabularyRefuses,
    testing::Values(Bad{"Nothing", "", "no JSON object"},
                    Bad{"HalfOfIt", R"({"</s>": 0, "<un)", "no JSON object"},
                    Bad{"AList", R"(["<unk>"])", "no JSON object"},
                    Bad{"NoUtf8", "{\"<unk>\": 0, \"\xff\": 1}", "no JSON object"},
                    Bad{"TooHigh", R"({"<unk>": 0, "a": 2})", "\"a\" is 2 (allowed: 0 to 1"},
                    Bad{"Negative", R"({"<unk>": -1})", "is -1"},
                    Bad{"Huge", R"({"<unk>": 99999999999999999999})", "is 1e+20"},
                    Bad{"Fraction", R"({"<unk>": 0.5})", "is 0.5"},
                    Bad{"Twice", R"({"<unk>": 0, "a": 0})", "is 0 (allowed"},
                    Bad{"NoUnknown", R"({"a": 0})", "no piece <unk>"}),
    [](const auto& bad) { return std::string{bad.param.name}; });

TEST(Vocabulary, RefusesPiecesThatAreNoWords) {
    const auto vocabulary =
        Vocabulary::parse("{\"<unk>\": 0, \"" + std::string(10'000'000, 'a') + "\": 1}");

    ASSERT_FALSE(vocabulary);
    EXPECT_THAT(vocabulary.error().message(), HasSubstr("a piece of 10000000 bytes (at most 256)"));
}

TEST(Vocabulary, IsRefusedHoweverDeepItIs) {
    constexpr std::size_t kDeep = 500'000;
    const auto vocabulary = Vocabulary::parse(R"({"<unk>": )" + std::string(kDeep, '[') +
                                              std::string(kDeep, ']') + "}");

    ASSERT_FALSE(vocabulary);
    EXPECT_THAT(vocabulary.error().message(), HasSubstr("is an array (allowed: 0 to 0"));
}

}  // namespace
}  // namespace livedub::opus
