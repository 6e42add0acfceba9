// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One pair of languages: a sentence becomes pieces, their numbers, those of its translation, and
// text again.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "engines/opus/model_config.hpp"
#include "engines/opus/next_tokens.hpp"
#include "engines/opus/piece_cutter.hpp"
#include "engines/opus/vocabulary.hpp"
#include "vocabulary/signs.hpp"

namespace livedub::opus {

/// All that the files of a pair are when they are loaded.
struct PairModel {
    ModelConfig config;
    Vocabulary vocabulary;
    std::unique_ptr<const PieceCutter> source;
    std::unique_ptr<const PieceCutter> target;
    std::unique_ptr<const TranslationWeights> weights;
};

/// Translates one sentence. Thread-safe as the model is.
///
/// A sign of `signs` that is in the sentence comes back exactly once: models know no such words and
/// would change them, so the search is held to them. Where that finds no text it is left out;
/// whoever put it there sees that it is missing.
///
/// Errors: kInvalidArgument (longer than the model can read), kInternal (no text, or no end of it),
/// kTimeout, kCancelled, kExhausted.
[[nodiscard]] Result<std::string> translate_sentence(const PairModel& model,
                                                     std::string_view sentence,
                                                     std::span<const vocabulary::Sign> signs,
                                                     SteadyTime deadline,
                                                     const std::stop_token& stop);

}  // namespace livedub::opus
