// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a search for a translation needs of a model: given the tokens so far, how likely each token
// of the vocabulary is to be the next one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>

#include "base/result.hpp"

namespace livedub::opus {

using TokenId = std::int32_t;

/// One of the texts that are written side by side.
struct Row {
    std::size_t parent = 0;  // the row of the call before that it goes on from
    TokenId token = 0;       // and its last token
};

/// The translation of one sentence as it is written. One thread at a time.
class NextTokens {
  public:
    NextTokens() = default;
    virtual ~NextTokens() = default;
    NextTokens(const NextTokens&) = delete;
    NextTokens& operator=(const NextTokens&) = delete;

    /// Scores (logits) for what comes next, row by row, vocabulary() of each; they are there until
    /// the next call. The first call has one row, and its parent does not count.
    ///
    /// Errors: kExhausted (memory), kInternal (what the model gives is of another shape),
    /// kCancelled.
    [[nodiscard]] virtual Result<std::span<const float>> next(std::span<const Row> rows,
                                                              const std::stop_token& stop) = 0;

    [[nodiscard]] virtual std::size_t vocabulary() const noexcept = 0;
};

/// Loaded weights. Thread-safe; outlives what it reads.
class TranslationWeights {
  public:
    TranslationWeights() = default;
    virtual ~TranslationWeights() = default;
    TranslationWeights(const TranslationWeights&) = delete;
    TranslationWeights& operator=(const TranslationWeights&) = delete;

    /// @param source The tokens of a sentence, with the one that ends it.
    ///
    /// Errors: as NextTokens::next().
    [[nodiscard]] virtual Result<std::unique_ptr<NextTokens>> read(
        std::span<const TokenId> source, const std::stop_token& stop) const = 0;
};

}  // namespace livedub::opus
