// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/careful_translator.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace livedub::engines {
namespace {

using speech::TranslationRequest;
using testing::ElementsAre;

/// Answers as the test says, and remembers what it was asked.
struct Script {
    std::function<Result<std::string>(const TranslationRequest&)> answer =
        [](const TranslationRequest& request) { return "es " + request.text; };
    bool heeds_context = false;
    std::vector<TranslationRequest> asked{};
};

class Scripted final : public speech::Translator {
  public:
    explicit Scripted(Script& script) : script_{script} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "scripted"; }
    [[nodiscard]] bool heeds_context() const noexcept override { return script_.heeds_context; }
    Result<void> prepare(const speech::LanguagePair& /*pair*/) override { return {}; }
    Result<std::string> translate(const TranslationRequest& request,
                                  const std::stop_token& /*stop*/) override {
        script_.asked.push_back(request);
        return script_.answer(request);
    }

  private:
    Script& script_;
};

class CarefulTranslator : public testing::Test {
  protected:
    CarefulTranslator() {
        care_.glossary = std::make_shared<const vocabulary::Glossary>(
            *vocabulary::Glossary::parse("striker\tdelantero\nRed Devils\tRed Devils\n"));
        care_.cache = std::make_shared<TranslationCache>();
        care_.events.on_lookup = [this](bool is_found) { ++(is_found ? hits_ : misses_); };
        care_.events.on_terms = [this](std::size_t kept, std::size_t lost) {
            kept_ += kept;
            lost_ += lost;
        };
    }

    std::string translate(TranslationRequest request) {
        if (translator_ == nullptr) {
            translator_ = make_careful_translator(std::make_unique<Scripted>(script_), care_);
        }
        auto result = translator_->translate(request, {});
        return result ? *result : "error: " + result.error().message();
    }
    std::string translate(const std::string& text) {
        return translate({.text = text, .pair = {.source = "en", .target = "es"}});
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> texts;
        for (const auto& request : script_.asked) {
            texts.push_back(request.text);
        }
        return texts;
    }

    Script script_;
    Care care_;
    std::unique_ptr<speech::Translator> translator_;
    std::size_t hits_ = 0;
    std::size_t misses_ = 0;
    std::size_t kept_ = 0;
    std::size_t lost_ = 0;
};

TEST_F(CarefulTranslator, PutsTermsAsideAndBack) {
    EXPECT_EQ(translate("The striker of the Red Devils."), "es The delantero of the Red Devils.");

    EXPECT_THAT(asked(), ElementsAre("The qzaa of the Qzab."));
    EXPECT_EQ(script_.asked.front().signs.size(), 2U);
    EXPECT_EQ(kept_, 2U);
    EXPECT_EQ(lost_, 0U);
}

TEST_F(CarefulTranslator, AsksAgainWithoutTheGlossaryWhenATermIsLost) {
    script_.answer = [](const TranslationRequest& request) -> Result<std::string> {
        return request.signs.empty() ? "el goleador" : "el que marca";
    };

    EXPECT_EQ(translate("The striker scores."), "el goleador");

    EXPECT_THAT(asked(), ElementsAre("The qzaa scores.", "The striker scores."));
    EXPECT_EQ(kept_, 0U);
    EXPECT_EQ(lost_, 1U);
}

TEST_F(CarefulTranslator, TakesSpeakersLabelsAwayOnlyWhenToldTo) {
    EXPECT_EQ(translate("ANNA: Goal."), "es ANNA: Goal.");
    translator_ = nullptr;
    care_.drops_speaker_labels = true;
    EXPECT_EQ(translate("ANNA: Goal."), "es Goal.");
}

TEST_F(CarefulTranslator, AsksNobodyWhenThereAreOnlyTerms) {
    EXPECT_EQ(translate("Striker! Red devils!"), "Delantero! Red Devils!");
    EXPECT_TRUE(asked().empty());
    EXPECT_EQ(kept_, 2U);
}

TEST_F(CarefulTranslator, RemembersWhatItHasTranslated) {
    EXPECT_EQ(translate("A striker."), "es A delantero.");
    EXPECT_EQ(translate("A striker."), "es A delantero.");
    EXPECT_EQ(asked().size(), 1U);
    EXPECT_EQ(hits_, 1U);
    EXPECT_EQ(misses_, 1U);
}

TEST_F(CarefulTranslator, RemembersNoFailure) {
    script_.answer = [](const TranslationRequest&) -> Result<std::string> {
        return fail(ErrorCode::kUnavailable, "gone");
    };
    EXPECT_EQ(translate("Hello."), "error: gone");
    EXPECT_EQ(translate("Hello."), "error: gone");
    EXPECT_EQ(asked().size(), 2U);
}

TEST_F(CarefulTranslator, HeedsContextOnlyForWhoHeedsIt) {
    TranslationRequest request{.text = "Hello.", .pair = {.source = "en", .target = "es"}};
    auto later = request;
    later.before = {{.source = "One.", .translation = "Uno."}};
    later.most_letters = 50;
    translate(request);
    translate(later);
    EXPECT_EQ(asked().size(), 1U);

    script_.heeds_context = true;
    translator_.reset();
    translate(request);
    translate(later);
    EXPECT_EQ(asked().size(), 3U);
    EXPECT_EQ(script_.asked.back().before, later.before);
    EXPECT_EQ(script_.asked.back().most_letters, 50U);
}

TEST_F(CarefulTranslator, TakesTheTextItselfForNoTranslation) {
    script_.answer = [](const TranslationRequest& request) { return request.text; };

    const std::string refused = "error: scripted: the text came back untranslated";
    EXPECT_EQ(translate("The keeper saves it again."), refused);
    EXPECT_EQ(translate("The striker scores it again."), refused);  // with its sign
    EXPECT_EQ(translate("Manchester United!"), "Manchester United!");
    // It is not remembered either.
    EXPECT_EQ(translate("The keeper saves it again."), refused);
}

TEST_F(CarefulTranslator, HelpsWithPhrasesOfSportsWhoNeedsThem) {
    const TranslationRequest request{.text = "A striker dribbles past two men.",
                                     .pair = {.source = "en", .target = "es"},
                                     .domain_hints = {"football"}};
    EXPECT_EQ(translate(request), "es A delantero dribbles past two men.");

    care_.needs_phrases = true;
    care_.cache = nullptr;
    translator_.reset();
    EXPECT_EQ(translate(request), "es A delantero regatea a two men.");
    EXPECT_EQ(translate(request.text), "es A delantero dribbles past two men.");
}

}  // namespace
}  // namespace livedub::engines
