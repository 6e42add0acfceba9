// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translator_chain.hpp"

#include <string>
#include <utility>

#include "base/check.hpp"
#include "engines/catalogue/stand_ins.hpp"

namespace livedub::engines {
namespace {

using speech::LanguagePair;

class TranslatorChain final : public speech::Translator {
  public:
    explicit TranslatorChain(std::vector<std::unique_ptr<speech::Translator>> translators)
        : links_{"translator", std::move(translators)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return links_.name(); }

    Result<void> prepare(const LanguagePair& pair) override {
        return links_.prepare(
            pair, [&](speech::Translator& translator) { return translator.prepare(pair); });
    }

    Result<std::string> translate(std::string_view text, const LanguagePair& pair,
                                  const std::stop_token& stop) override {
        return links_.ask<std::string>(pair, "", [&](speech::Translator& translator) {
            return translator.translate(text, pair, stop);
        });
    }

  private:
    StandIns<speech::Translator, LanguagePair> links_;
};

}  // namespace

std::unique_ptr<speech::Translator> make_translator_chain(
    std::vector<std::unique_ptr<speech::Translator>> translators) {
    LIVEDUB_CHECK(!translators.empty());
    if (translators.size() == 1) {
        return std::move(translators.front());
    }
    return std::make_unique<TranslatorChain>(std::move(translators));
}

}  // namespace livedub::engines
