// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/careful_translator.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "telemetry/log.hpp"
#include "vocabulary/likeness.hpp"
#include "vocabulary/shipped_glossary.hpp"
#include "vocabulary/signs.hpp"
#include "vocabulary/speaker_label.hpp"

namespace livedub::engines {
namespace {

using speech::TranslationRequest;
using vocabulary::SignedText;

class CarefulTranslator final : public speech::Translator {
  public:
    CarefulTranslator(std::unique_ptr<speech::Translator> translator, Care care)
        : translator_{std::move(translator)}, care_{std::move(care)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return translator_->name(); }

    [[nodiscard]] bool heeds_context() const noexcept override {
        return translator_->heeds_context();
    }

    Result<void> prepare(const speech::LanguagePair& pair) override {
        return translator_->prepare(pair);
    }

    Result<std::string> translate(const TranslationRequest& request,
                                  const std::stop_token& stop) override {
        if (!care_.drops_speaker_labels) {
            return translate_text(request, stop);
        }
        auto unlabelled = request;
        unlabelled.text = vocabulary::without_speaker_label(request.text);
        return translate_text(unlabelled, stop);
    }

  private:
    Result<std::string> translate_text(const TranslationRequest& request,
                                       const std::stop_token& stop) {
        if (care_.cache == nullptr) {
            return translate_anew(request, stop);
        }
        auto key = cache_key(name(), request, heeds_context());
        auto known = care_.cache->find(key);
        if (care_.events.on_lookup) {
            care_.events.on_lookup(known.has_value());
        }
        if (known) {
            return std::move(*known);
        }
        auto translation = translate_anew(request, stop);
        if (translation) {
            care_.cache->keep(std::move(key), *translation);
        }
        return translation;
    }

    [[nodiscard]] SignedText with_signs(const TranslationRequest& request) const {
        const auto& pair = request.pair;
        std::vector<vocabulary::TermUse> uses;
        if (care_.glossary != nullptr) {
            care_.glossary->find(request.text, pair.source, pair.target, uses);
        }
        if (care_.needs_phrases && vocabulary::is_about_sports(request.domain_hints)) {
            vocabulary::sports_glossary().find(request.text, pair.source, pair.target, uses);
        }
        return vocabulary::put_signs(request.text, uses);
    }

    Result<std::string> translate_anew(const TranslationRequest& request,
                                       const std::stop_token& stop) {
        auto prepared = with_signs(request);
        const auto terms = prepared.signs.size();
        if (terms == 0) {
            return ask(request, stop);
        }
        if (!prepared.has_other_words) {
            auto text = vocabulary::take_signs(prepared.text, prepared.signs, request.text);
            if (text) {
                tell_of_terms(terms, 0);
                return std::move(*text);
            }
        }
        auto signed_request = request;
        signed_request.text = std::move(prepared.text);
        signed_request.signs = std::move(prepared.signs);
        auto answer = ask(signed_request, stop);
        if (!answer) {
            return answer;
        }
        auto text = vocabulary::take_signs(*answer, signed_request.signs, request.text);
        if (text) {
            tell_of_terms(terms, 0);
            return std::move(*text);
        }
        tell_of_terms(0, terms);
        if (!has_told_of_loss_.exchange(true)) {
            logger("speech")->warn(
                "glossary_terms_lost name={} terms={} why=\"the provider did not leave their signs "
                "alone; such sentences are translated without the glossary\"",
                name(), terms);
        }
        return ask(request, stop);
    }

    Result<std::string> ask(const TranslationRequest& request, const std::stop_token& stop) {
        auto answer = translator_->translate(request, stop);
        if (answer && vocabulary::is_left_untranslated(request.text, *answer)) {
            return fail(ErrorCode::kInternal,
                        fmt::format("{}: the text came back untranslated", name()));
        }
        return answer;
    }

    void tell_of_terms(std::size_t kept, std::size_t lost) const {
        if (care_.events.on_terms) {
            care_.events.on_terms(kept, lost);
        }
    }

    // Constant after construction.
    const std::unique_ptr<speech::Translator> translator_;
    const Care care_;

    std::atomic<bool> has_told_of_loss_{false};
};

}  // namespace

std::unique_ptr<speech::Translator> make_careful_translator(
    std::unique_ptr<speech::Translator> translator, Care care) {
    return std::make_unique<CarefulTranslator>(std::move(translator), std::move(care));
}

}  // namespace livedub::engines
