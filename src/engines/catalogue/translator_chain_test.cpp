// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translator_chain.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::engines {
namespace {

using speech::LanguagePair;
using testing::ElementsAre;

const LanguagePair kPair{.source = "en", .target = "es"};

/// What the test tells it, and the names of those that were asked, in order.
struct Script {
    Result<void> prepared{};
    Result<std::string> answer = std::string{"hola"};
};

class Scripted final : public speech::Translator {
  public:
    Scripted(std::string name, Script& script, std::vector<std::string>& asked)
        : name_{std::move(name)}, script_{script}, asked_{asked} {}

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    Result<void> prepare(const LanguagePair& /*pair*/) override { return script_.prepared; }
    Result<std::string> translate(const speech::TranslationRequest& /*request*/,
                                  const std::stop_token& /*stop*/) override {
        asked_.push_back(name_);
        return script_.answer;
    }

  private:
    const std::string name_;
    Script& script_;
    std::vector<std::string>& asked_;
};

class TranslatorChain : public testing::Test {
  protected:
    TranslatorChain() {
        std::vector<std::unique_ptr<speech::Translator>> translators;
        translators.push_back(std::make_unique<Scripted>("near", near_, asked_));
        translators.push_back(std::make_unique<Scripted>("far", far_, asked_));
        chain_ = make_translator_chain(std::move(translators));
    }

    Result<std::string> translate() {
        return chain_->translate({.text = "hello", .pair = kPair}, {});
    }

    Script near_;
    Script far_;
    std::vector<std::string> asked_;
    std::unique_ptr<speech::Translator> chain_;
};

TEST_F(TranslatorChain, AsksTheFirstAloneWhileItAnswers) {
    EXPECT_EQ(chain_->name(), "near,far");
    EXPECT_EQ(translate(), "hola");
    EXPECT_EQ(translate(), "hola");
    EXPECT_THAT(asked_, ElementsAre("near", "near"));
}

TEST_F(TranslatorChain, AsksTheNextForWhatTheFirstCannotTranslate) {
    near_.answer = fail(ErrorCode::kInternal, "knows no word");

    EXPECT_EQ(translate(), "hola");
    EXPECT_EQ(translate(), "hola");
    EXPECT_THAT(asked_, ElementsAre("near", "far", "near", "far"));
}

TEST_F(TranslatorChain, PassesOverWhoCouldNotBeReached) {
    near_.answer = fail(ErrorCode::kTimeout, "too slow");

    EXPECT_EQ(translate(), "hola");
    EXPECT_EQ(translate(), "hola");
    EXPECT_THAT(asked_, ElementsAre("near", "far", "far"));
}

TEST_F(TranslatorChain, StillAsksTheLastWhenNobodyCouldBeReached) {
    near_.answer = fail(ErrorCode::kUnavailable, "refused");
    far_.answer = fail(ErrorCode::kExhausted, "quota");

    EXPECT_EQ(translate().error().code(), ErrorCode::kExhausted);
    EXPECT_EQ(translate().error().code(), ErrorCode::kExhausted);
    EXPECT_THAT(asked_, ElementsAre("near", "far", "far"));
}

TEST_F(TranslatorChain, AsksNobodyElseOnceStopped) {
    near_.answer = fail(ErrorCode::kCancelled, "stopped");

    EXPECT_EQ(translate().error().code(), ErrorCode::kCancelled);
    EXPECT_THAT(asked_, ElementsAre("near"));
}

TEST_F(TranslatorChain, LeavesOutWhoRefusesThePair) {
    near_.prepared = fail(ErrorCode::kInvalidArgument, "no such pair");

    EXPECT_TRUE(chain_->prepare(kPair).has_value());
    EXPECT_EQ(translate(), "hola");
    EXPECT_THAT(asked_, ElementsAre("far"));
}

TEST_F(TranslatorChain, AsksWhoWasOnlyNotReadyWhenThePairWasPrepared) {
    near_.prepared = fail(ErrorCode::kUnavailable, "still starting");

    EXPECT_TRUE(chain_->prepare(kPair).has_value());
    EXPECT_EQ(translate(), "hola");
    EXPECT_THAT(asked_, ElementsAre("near"));
}

TEST_F(TranslatorChain, RefusesAPairThatNobodyCanDo) {
    near_.prepared = fail(ErrorCode::kInvalidArgument, "near: no");
    far_.prepared = fail(ErrorCode::kInvalidArgument, "far: no");

    EXPECT_EQ(chain_->prepare(kPair).error().message(), "near: no");
    EXPECT_FALSE(translate().has_value());
    EXPECT_TRUE(asked_.empty());
}

}  // namespace
}  // namespace livedub::engines
