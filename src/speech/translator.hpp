// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The translation port: a sentence in one language in, the same in another out.

#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::speech {

struct LanguagePair {
    std::string source;  // BCP 47
    std::string target;

    friend bool operator==(const LanguagePair&, const LanguagePair&) = default;
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

    /// Translates `text`, one or more whole sentences in proper case. Blocks; if `stop` fires it
    /// returns within 100 ms with kCancelled.
    ///
    /// Errors: kInvalidArgument (pair), kUnavailable (may work later), kTimeout, kCancelled,
    /// kInternal. Never returns the source text as if it were a translation.
    virtual Result<std::string> translate(std::string_view text, const LanguagePair& pair,
                                          const std::stop_token& stop) = 0;
};

}  // namespace livedub::speech
