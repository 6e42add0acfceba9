// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/beam_search.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::opus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Tokens = std::vector<TokenId>;

constexpr TokenId kEnd = 0;
constexpr TokenId kStart = 7;
constexpr std::size_t kVocabulary = 8;
constexpr auto kNever = SteadyTime::max();

/// Knows what follows what was written so far: the probabilities of tokens, and of all others
/// together what is left.
class Script final : public NextTokens {
  public:
    using Following = std::map<TokenId, double>;

    explicit Script(std::map<Tokens, Following> script, Following otherwise = {{kEnd, 0.9}})
        : script_{std::move(script)}, otherwise_{std::move(otherwise)} {}

    Result<std::span<const float>> next(std::span<const Row> rows,
                                        const std::stop_token& /*stop*/) override {
        std::vector<Tokens> texts;
        scores_.clear();
        for (const auto& row : rows) {
            auto text = texts_.empty() ? Tokens{} : texts_.at(row.parent);
            text.push_back(row.token);
            const auto known = script_.find(text);
            append(known == script_.end() ? otherwise_ : known->second);
            texts.push_back(std::move(text));
        }
        texts_ = std::move(texts);
        most_rows_ = std::max(most_rows_, rows.size());
        ++calls_;
        return scores_;
    }
    [[nodiscard]] std::size_t vocabulary() const noexcept override { return kVocabulary; }

    [[nodiscard]] std::size_t calls() const { return calls_; }
    [[nodiscard]] std::size_t most_rows() const { return most_rows_; }

  private:
    void append(const Following& following) {
        double left = 1.0;
        for (const auto& [token, probability] : following) {
            left -= probability;
        }
        const auto others = left / static_cast<double>(kVocabulary - following.size());
        for (TokenId token = 0; token < static_cast<TokenId>(kVocabulary); ++token) {
            const auto known = following.find(token);
            // Scores are probabilities' logarithms but for a constant.
            scores_.push_back(static_cast<float>(
                3 + std::log(known == following.end() ? others : known->second)));
        }
    }

    std::map<Tokens, Following> script_;
    Following otherwise_;
    std::vector<Tokens> texts_;
    std::vector<float> scores_;
    std::size_t calls_ = 0;
    std::size_t most_rows_ = 0;
};

SearchOptions options(std::size_t beams) {
    return {.start = kStart,
            .end = kEnd,
            .banned = {kStart},
            .beams = beams,
            .most_tokens = 20,
            .most_repeats = 3};
}

/// A text whose likeliest first token leads astray.
Script garden_path() {
    return Script{{{{kStart}, {{1, 0.6}, {2, 0.4}}},
                   {{kStart, 1}, {{3, 0.35}, {4, 0.3}, {5, 0.3}}},
                   {{kStart, 1, 3}, {{kEnd, 0.5}, {6, 0.5}}},
                   {{kStart, 2}, {{6, 0.98}}},
                   {{kStart, 2, 6}, {{kEnd, 0.98}}}}};
}

TEST(BeamSearch, OneBeamTakesTheLikeliestTokenEachTime) {
    auto script = garden_path();

    const auto texts = search(script, options(1), kNever, {});

    ASSERT_TRUE(texts) << texts.error().message();
    EXPECT_THAT(*texts, ElementsAre(ElementsAre(1, 3)));
    EXPECT_EQ(script.most_rows(), 1U);
    EXPECT_EQ(script.calls(), 3U);
}

TEST(BeamSearch, SeveralBeamsFindTheLikelierText) {
    auto script = garden_path();

    const auto texts = search(script, options(3), kNever, {});

    ASSERT_TRUE(texts);
    EXPECT_THAT(texts->front(), ElementsAre(2, 6));
    EXPECT_EQ(script.most_rows(), 3U);
}

TEST(BeamSearch, TheLengthPenaltyDecidesBetweenShortAndLong) {
    const auto best = [](double penalty) {
        Script script{{{{kStart}, {{1, 0.5}, {2, 0.45}}},
                       {{kStart, 1}, {{kEnd, 0.9}}},
                       {{kStart, 2}, {{3, 0.95}}},
                       {{kStart, 2, 3}, {{4, 0.95}}},
                       {{kStart, 2, 3, 4}, {{kEnd, 0.95}}}}};
        auto wanted = options(2);
        wanted.length_penalty = penalty;
        return search(script, wanted, kNever, {})->front();
    };

    EXPECT_THAT(best(0.0), ElementsAre(1));
    EXPECT_THAT(best(1.0), ElementsAre(2, 3, 4));
}

TEST(BeamSearch, NeverWritesWhatIsBanned) {
    Script script{{{{kStart}, {{3, 0.8}, {4, 0.15}}}}};
    auto wanted = options(1);
    wanted.banned = {kStart, 3};

    EXPECT_THAT(search(script, wanted, kNever, {})->front(), ElementsAre(4));
}

TEST(BeamSearch, ALoopIsLeft) {
    Script script{{}, {{5, 0.6}, {kEnd, 0.3}}};

    EXPECT_THAT(search(script, options(1), kNever, {})->front(), ElementsAre(5, 5, 5));
    EXPECT_THAT(search(script, options(4), kNever, {})->front(), ElementsAre(5, 5, 5));
}

TEST(BeamSearch, WhatFindsNoEndIsAnError) {
    Script script{{}, {{1, 0.3}, {2, 0.3}, {3, 0.3}, {kEnd, 0.0}}};

    const auto texts = search(script, options(2), kNever, {});

    ASSERT_FALSE(texts);
    EXPECT_EQ(texts.error().code(), ErrorCode::kInternal);
    EXPECT_THAT(texts.error().message(), HasSubstr("no end"));
    EXPECT_EQ(script.calls(), 21U);
}

TEST(BeamSearch, StopsWithinATokenAndAtItsDeadline) {
    auto script = garden_path();
    std::stop_source stop;
    stop.request_stop();

    EXPECT_EQ(search(script, options(2), kNever, stop.get_token()).error().code(),
              ErrorCode::kCancelled);
    EXPECT_EQ(search(script, options(2), SteadyTime::min(), {}).error().code(),
              ErrorCode::kTimeout);
    EXPECT_EQ(script.calls(), 0U);
}

class Broken final : public NextTokens {
  public:
    explicit Broken(std::vector<float> scores) : scores_{std::move(scores)} {}
    Result<std::span<const float>> next(std::span<const Row> /*rows*/,
                                        const std::stop_token& /*stop*/) override {
        return scores_;
    }
    [[nodiscard]] std::size_t vocabulary() const noexcept override { return 2; }

  private:
    std::vector<float> scores_;
};

TEST(BeamSearch, ScoresThatAreNoneAreAnError) {
    constexpr auto kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr auto kInfinity = std::numeric_limits<float>::infinity();
    const std::vector<std::vector<float>> bad{
        {0, kNan}, {-kInfinity, -kInfinity}, {0, kInfinity}, {0}, {0, 0, 0}};
    for (const auto& scores : bad) {
        Broken broken{scores};
        const auto texts =
            search(broken, {.start = 1, .end = 0, .most_tokens = 3, .most_repeats = 9}, kNever, {});
        ASSERT_FALSE(texts);
        EXPECT_EQ(texts.error().code(), ErrorCode::kInternal);
    }
}

TEST(BeamSearch, ARequiredStretchFindsItsPlace) {
    // 5 6 is nowhere likely, but least unlikely after 1.
    const std::map<Tokens, Script::Following> text{
        {{kStart}, {{1, 0.9}, {5, 0.001}}}, {{kStart, 1}, {{2, 0.8}, {5, 0.1}}},
        {{kStart, 1, 5}, {{6, 0.9}}},       {{kStart, 1, 5, 6}, {{2, 0.9}}},
        {{kStart, 1, 2}, {{kEnd, 0.99}}},   {{kStart, 1, 5, 6, 2}, {{kEnd, 0.99}}}};
    Script script{text};
    auto wanted = options(1);
    EXPECT_THAT(search(script, wanted, kNever, {})->front(), ElementsAre(1, 2));

    Script again{text};
    wanted.required = {{5, 6}};
    EXPECT_THAT(search(again, wanted, kNever, {})->front(), ElementsAre(1, 5, 6, 2));
}

TEST(BeamSearch, RequiredStretchesAreAllThereAndWhole) {
    Script script{{}, {{1, 0.3}, {kEnd, 0.69}}};
    auto wanted = options(2);
    wanted.most_tokens = 40;
    wanted.required = {{5, 6}, {5, 4}, {3}};

    const auto texts = search(script, wanted, kNever, {});

    ASSERT_TRUE(texts) << texts.error().message();
    for (const auto& text : *texts) {
        for (const auto& stretch : wanted.required) {
            // Not of std::ranges, whose subrange clang 14 does not take.
            EXPECT_NE(std::search(text.begin(), text.end(), stretch.begin(), stretch.end()),
                      text.end());
        }
    }
    EXPECT_LT(script.calls(), 20U);  // it does not wait for those that lack one
}

TEST(BeamSearch, NothingGoesOnWithTheWordOfARequiredStretch) {
    const std::map<Tokens, Script::Following> text{{{kStart}, {{5, 0.9}}},
                                                   {{kStart, 5}, {{2, 0.7}, {3, 0.2}}}};
    Script script{text};
    auto wanted = options(1);
    wanted.required = {{5}};
    EXPECT_THAT(search(script, wanted, kNever, {})->front(), ElementsAre(5, 2));

    Script again{text};
    wanted.is_inside_word = [](TokenId token) { return token == 2; };
    EXPECT_THAT(search(again, wanted, kNever, {})->front(), ElementsAre(5, 3));
}

}  // namespace
}  // namespace livedub::opus
