// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/translator_chain.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "base/check.hpp"
#include "engines/catalogue/stand_ins.hpp"

namespace livedub::engines {
namespace {

using speech::LanguagePair;

class TranslatorChain final : public speech::Translator {
  public:
    TranslatorChain(std::vector<std::unique_ptr<speech::Translator>> translators,
                    std::function<void()> on_failover)
        : links_{"translator", std::move(translators), std::move(on_failover)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return links_.name(); }

    Result<void> prepare(const LanguagePair& pair) override {
        return links_.prepare(
            pair, [&](speech::Translator& translator) { return translator.prepare(pair); });
    }

    [[nodiscard]] bool heeds_context() const noexcept override {
        return std::ranges::any_of(links_.engines(), &speech::Translator::heeds_context);
    }

    Result<std::string> translate(const speech::TranslationRequest& request,
                                  const std::stop_token& stop) override {
        return links_.ask<std::string>(request.pair, "", [&](speech::Translator& translator) {
            return translator.translate(request, stop);
        });
    }

  private:
    StandIns<speech::Translator, LanguagePair> links_;
};

}  // namespace

std::unique_ptr<speech::Translator> make_translator_chain(
    std::vector<std::unique_ptr<speech::Translator>> translators,
    std::function<void()> on_failover) {
    LIVEDUB_CHECK(!translators.empty());
    if (translators.size() == 1) {
        return std::move(translators.front());
    }
    return std::make_unique<TranslatorChain>(std::move(translators), std::move(on_failover));
}

}  // namespace livedub::engines
