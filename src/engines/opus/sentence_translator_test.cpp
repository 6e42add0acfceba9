// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/sentence_translator.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/opus/fake_model.hpp"

namespace livedub::opus {
namespace {

using testing::HasSubstr;
using vocabulary::Sign;

constexpr auto kNever = SteadyTime::max();

Result<std::string> translated(const PairModel& model, std::string_view text,
                               const std::vector<Sign>& signs = {}) {
    return translate_sentence(model, text, signs, kNever, {});
}

std::unique_ptr<PairModel> spanish() {
    return fake_model({{"the", "la"},
                       {"cup", "copa"},
                       {"is", "es"},
                       {"ours", "nuestra"},
                       {"and", "y"},
                       {"no", "no"}});
}

TEST(SentenceTranslator, PutsPiecesToNumbersAndBack) {
    EXPECT_EQ(*translated(*spanish(), "the cup is ours"), "la copa es nuestra");
}

TEST(SentenceTranslator, WhatIsInNoVocabularyIsLeftToTheModel) {
    EXPECT_EQ(*translated(*spanish(), "the Xylograph is ours"), "la hm es nuestra");
}

TEST(SentenceTranslator, ASignComesBackThoughTheModelWouldNotSayIt) {
    const auto model = spanish();
    ASSERT_EQ(*translated(*model, "the qzaa is ours"), "la hm es nuestra");

    const auto text = translated(*model, "the qzaa is ours", {{"qzaa", "kick-off", "saque"}});

    ASSERT_TRUE(text) << text.error().message();
    EXPECT_THAT(*text, HasSubstr("qzaa"));
    EXPECT_THAT(*text, HasSubstr("nuestra"));
}

TEST(SentenceTranslator, EachSignOfTheSentenceComesBackOnce) {
    const std::vector<Sign> signs{{"Qzaa", "A", "a"}, {"qzab", "b", "b"}, {"qzac", "c", "c"}};

    const auto text = translated(*spanish(), "Qzaa and qzab", signs);  // qzac is in another

    ASSERT_TRUE(text) << text.error().message();
    for (const auto* sign : {"Qzaa", "qzab"}) {
        const auto at = text->find(sign);
        ASSERT_NE(at, std::string::npos) << *text;
        EXPECT_EQ(text->find(sign, at + 1), std::string::npos) << *text;
    }
    EXPECT_EQ(text->find("qzac"), std::string::npos);
}

TEST(SentenceTranslator, ASignThatTheModelCannotWriteIsLeftOut) {
    const auto text = translated(*spanish(), "the qzac is ours", {{"qzac", "c", "c"}});

    ASSERT_TRUE(text) << text.error().message();
    EXPECT_EQ(text->find("qz"), std::string::npos) << *text;
}

TEST(SentenceTranslator, WhatCannotBeCutIsAnError) {
    const auto text = translated(*spanish(), "the uncuttable cup");

    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), ErrorCode::kExhausted);
}

TEST(SentenceTranslator, RepeatsAsOftenAsTheSourceDoes) {
    EXPECT_EQ(*translated(*spanish(), "no no no no no no"), "no no no no no no");
}

TEST(SentenceTranslator, ASentenceThatIsTooLongIsRefused) {
    std::string text;
    for (int i = 0; i < 64; ++i) {
        text += "cup ";
    }

    const auto refused = translated(*spanish(), text);

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_THAT(refused.error().message(), HasSubstr("64 pieces, at most 63"));
}

TEST(SentenceTranslator, NothingForSomethingIsAnError) {
    const auto model = fake_model({{"hello", ""}});

    const auto text = translated(*model, "hello");

    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), ErrorCode::kInternal);
    EXPECT_THAT(text.error().message(), HasSubstr("empty"));
}

/// Says its one piece for ever.
std::unique_ptr<PairModel> endless() {
    auto model = spanish();
    const auto la = *model->vocabulary.find("\u2581la");
    const auto es = *model->vocabulary.find("\u2581es");
    model->weights = std::make_unique<FakeWeights>(
        model->vocabulary.size(), la, [la, es](std::span<const TokenId> /*source*/) {
            std::vector<TokenId> answer;
            for (int i = 0; i < 500; ++i) {
                answer.insert(answer.end(), static_cast<std::size_t>(i % 3 + 1), es);
                answer.push_back(la);
            }
            return answer;
        });
    return model;
}

TEST(SentenceTranslator, WhatIsManyTimesAsLongAsTheSourceIsAnError) {
    std::string answer;
    for (int i = 0; i < 40; ++i) {  // of the 3 * 2 + 16 that there may be
        answer += fmt::format("w{} ", i);
    }
    const auto text = translated(*fake_model({{"so", answer}, {"no", "no"}}), "so");

    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), ErrorCode::kInternal);
    EXPECT_EQ(*translated(*fake_model({{"no", "no"}}), "no"), "no");
}

TEST(SentenceTranslator, WhatGoesOnForEverIsAnError) {
    const auto text = translated(*endless(), "the cup");

    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace livedub::opus
