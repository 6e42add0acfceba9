// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes a translation token by token: the likeliest each time, or several texts side by side of
// which the likeliest are kept (a beam).
//
// Stretches of tokens can be required: a text is finished only when all of them are in it. At every
// step each text is also continued with those that it lacks, likely or not, and texts compete only
// with those that have as many: so each finds its place in the sentence, as Post and Vilar, "Fast
// lexically constrained decoding with dynamic beam allocation" (2018) do it.

#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "engines/opus/next_tokens.hpp"

namespace livedub::opus {

inline constexpr std::size_t kMostBeams = 12;
/// Of more stretches than this the rest is not required.
inline constexpr std::size_t kMostRequired = 8;

struct SearchOptions {
    TokenId start = 0;  // what a translation begins with; no part of it
    TokenId end = 0;
    std::vector<TokenId> banned{};  // are never written
    std::size_t beams = 1;          // 1 to kMostBeams; 1: the likeliest token each time
    double length_penalty = 1.0;    // scores are divided by the length to this power
    std::size_t most_tokens = 1;    // of a translation
    std::size_t most_repeats = 1;   // of a token, or a few, in a row

    std::vector<std::vector<TokenId>> required{};  // none is empty
    /// Whether a token goes on with the word before it: such a one does not follow a required
    /// stretch. Empty: none does.
    std::function<bool(TokenId)> is_inside_word{};
};

/// All translations that were finished, the likeliest first, without start and end. At least one.
///
/// Errors: kInternal (it found no end, or the scores are no numbers), kTimeout (`deadline`),
/// kCancelled (`stop`: looked at before each token), those of `model`.
[[nodiscard]] Result<std::vector<std::vector<TokenId>>> search(NextTokens& model,
                                                               const SearchOptions& options,
                                                               SteadyTime deadline,
                                                               const std::stop_token& stop);

}  // namespace livedub::opus
