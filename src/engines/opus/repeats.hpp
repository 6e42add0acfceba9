// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Models now and then say a word, or a few, again and again and find no end.

#pragma once

#include <cstddef>
#include <span>

#include "engines/opus/next_tokens.hpp"

namespace livedub::opus {

/// How often the end of `tokens` is said in a row: the most of any stretch of one to eight tokens.
/// 1 when nothing is said again; 0 of nothing.
[[nodiscard]] std::size_t repeats_at_end(std::span<const TokenId> tokens);

/// The most repeats anywhere in `tokens`.
[[nodiscard]] std::size_t most_repeats(std::span<const TokenId> tokens);

}  // namespace livedub::opus
