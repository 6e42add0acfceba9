// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The translation port: a sentence in one language in, the same in another out.

#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "vocabulary/signs.hpp"

namespace livedub::speech {

struct LanguagePair {
    std::string source;  // BCP 47
    std::string target;

    friend bool operator==(const LanguagePair&, const LanguagePair&) = default;
};

/// A sentence that was said before, and what it became.
struct SaidBefore {
    std::string source;
    std::string translation;

    friend bool operator==(const SaidBefore&, const SaidBefore&) = default;
};

/// Only the text and its languages have to be there: the rest is for translators that can use it,
/// and the others pass over it.
struct TranslationRequest {
    std::string text;  // one or more whole sentences in proper case
    LanguagePair pair;

    std::vector<SaidBefore> before{};         // of the same stream, oldest first; a few at most
    std::size_t most_letters = 0;             // that the time is enough to speak; 0: not known
    std::vector<std::string> domain_hints{};  // "sports", "news": what the stream is about
    std::vector<vocabulary::Sign> signs{};    // words of `text` that are to come back as they are
};

/// Thread-safe.
class Translator {
  public:
    Translator() = default;
    virtual ~Translator() = default;
    Translator(const Translator&) = delete;
    Translator& operator=(const Translator&) = delete;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;

    /// Checks, and warms up, a pair before air.
    ///
    /// Errors: kInvalidArgument, naming the pair and the package that would bring it.
    [[nodiscard]] virtual Result<void> prepare(const LanguagePair& pair) = 0;

    /// Whether a translation depends on what was said before and on how long it may be.
    [[nodiscard]] virtual bool heeds_context() const noexcept { return false; }

    /// Translates `request.text`. Blocks; if `stop` fires it returns within 100 ms with kCancelled.
    ///
    /// Errors: kInvalidArgument (pair), kUnavailable (may work later), kTimeout, kCancelled,
    /// kInternal. Never returns the source text as if it were a translation.
    virtual Result<std::string> translate(const TranslationRequest& request,
                                          const std::stop_token& stop) = 0;
};

}  // namespace livedub::speech
