// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is the same for every translator: the terms of glossaries stand aside while it translates,
// what it has translated is remembered, and what is only the text again is no translation.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "engines/catalogue/translation_cache.hpp"
#include "speech/translator.hpp"
#include "vocabulary/glossary.hpp"

namespace livedub::engines {

/// Told on the threads that translate; several at once. An empty function is not called.
struct TranslationEvents {
    std::function<void(bool is_found)> on_lookup{};  // in the cache
    /// Terms that came back from a provider, or all those of a text of which one did not.
    std::function<void(std::size_t kept, std::size_t lost)> on_terms{};
    std::function<void()> on_failover{};  // the next of a chain had to be asked
};

struct Care {
    // Shared by the translators of a chain.
    std::shared_ptr<const vocabulary::Glossary> glossary{};  // the user's; null: none
    std::shared_ptr<TranslationCache> cache{};               // null: nothing is remembered
    TranslationEvents events{};
    bool drops_speaker_labels = false;  // "ANNA: ..." is translated, and so spoken, as "..."
    /// Takes words one by one: the shipped glossaries help it. The user's terms come first.
    bool needs_phrases = false;
};

/// A translation in which a term was lost is tried once more without the glossaries: then it is the
/// provider's own, and no term is put where nobody knows that it belongs. So it is when there are
/// only terms in a text and nothing to translate: then the provider is not asked.
///
/// translate(): also kInternal when the text came back.
[[nodiscard]] std::unique_ptr<speech::Translator> make_careful_translator(
    std::unique_ptr<speech::Translator> translator, Care care);

}  // namespace livedub::engines
