// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/model_config.hpp"

#include <cstddef>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engines/opus/beam_search.hpp"

namespace livedub::opus {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// As that of opus-mt-en-es.
json whole_config() {
    return {{"model_type", "marian"},
            {"vocab_size", 65001},
            {"d_model", 512},
            {"decoder_layers", 6},
            {"decoder_attention_heads", 8},
            {"max_position_embeddings", 512},
            {"decoder_start_token_id", 65000},
            {"pad_token_id", 65000},
            {"eos_token_id", 0},
            {"bad_words_ids", {{65000}}},
            {"num_beams", 4},
            {"max_length", 512}};
}

TEST(ModelConfig, IsRefusedHoweverDeepItIs) {
    constexpr std::size_t kDeep = 500'000;
    const auto config = parse_model_config(
        R"({"model_type": )" + std::string(kDeep, '[') + std::string(kDeep, ']') + "}", "");

    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().message(), HasSubstr("model_type is an array (allowed: marian)"));
}

TEST(ModelConfig, IsReadAsItIsWritten) {
    const auto config = parse_model_config(whole_config().dump(), "");

    ASSERT_TRUE(config) << config.error().message();
    EXPECT_EQ(config->vocabulary, 65'001U);
    EXPECT_EQ(config->layers, 6U);
    EXPECT_EQ(config->heads, 8U);
    EXPECT_EQ(config->head_size, 64U);
    EXPECT_EQ(config->positions, 512U);
    EXPECT_EQ(config->start, 65'000);
    EXPECT_EQ(config->end, 0);
    EXPECT_THAT(config->banned, ElementsAre(65'000));
    EXPECT_EQ(config->beams, 4U);
    EXPECT_EQ(config->length_penalty, 1.0);
    EXPECT_EQ(config->most_tokens, 511U);
}

TEST(ModelConfig, HowItIsAskedComesFirstFromTheFileOfThat) {
    const auto config =
        parse_model_config(whole_config().dump(), R"({"num_beams": 1, "length_penalty": 0.6})");

    ASSERT_TRUE(config);
    EXPECT_EQ(config->beams, 1U);
    EXPECT_EQ(config->length_penalty, 0.6);
}

TEST(ModelConfig, StartsWithThePadWhereItDoesNotSay) {
    auto text = whole_config();
    text.erase("decoder_start_token_id");
    text["num_beams"] = 400;

    const auto config = parse_model_config(text.dump(), "");

    ASSERT_TRUE(config);
    EXPECT_EQ(config->start, 65'000);
    EXPECT_EQ(config->beams, kMostBeams);
}

struct Bad {
    const char* key;
    json value;  // null: not there
};

class ModelConfigRefuses : public testing::TestWithParam<Bad> {};

TEST_P(ModelConfigRefuses, AndNamesTheKey) {
    auto text = whole_config();
    text[GetParam().key] = GetParam().value;

    const auto config = parse_model_config(text.dump(), "");

    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code(), ErrorCode::kUnavailable);
    EXPECT_THAT(config.error().message(), HasSubstr(GetParam().key));
    EXPECT_THAT(config.error().message(), HasSubstr("allowed: "));
}

INSTANTIATE_TEST_SUITE_P(
    All, ModelConfigRefuses,
    testing::Values(Bad{"model_type", "bart"}, Bad{"model_type", 3}, Bad{"vocab_size", nullptr},
                    Bad{"vocab_size", 4'000'000'000}, Bad{"vocab_size", -1},
                    Bad{"vocab_size", "many"}, Bad{"d_model", 511}, Bad{"d_model", 1e9},
                    Bad{"decoder_layers", 0}, Bad{"decoder_attention_heads", 0},
                    Bad{"eos_token_id", 65001}, Bad{"eos_token_id", nullptr},
                    Bad{"pad_token_id", 2.5}, Bad{"num_beams", 0}, Bad{"max_length", 1},
                    Bad{"length_penalty", -1}, Bad{"length_penalty", "x"}, Bad{"bad_words_ids", 4},
                    Bad{"bad_words_ids", json::array({7})},
                    Bad{"bad_words_ids", json::array({json::array({1, 2})})},
                    Bad{"share_encoder_decoder_embeddings", false}));

TEST(ModelConfig, WhatIsNoJsonIsRefused) {
    const auto half = whole_config().dump().substr(0, 50);
    EXPECT_FALSE(parse_model_config(half, ""));
    EXPECT_FALSE(parse_model_config("", ""));
    EXPECT_FALSE(parse_model_config("[]", ""));
    EXPECT_FALSE(parse_model_config(whole_config().dump(), "{"));
    EXPECT_FALSE(parse_model_config(std::string(100'000, '['), ""));
}

}  // namespace
}  // namespace livedub::opus
