// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the recogniser is told before it listens: what the stream is about, and what was said last.
// Names are then spelt as before, and a sentence goes on in the next fragment.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace livedub::whisper {

/// A sentence for each hint that is known (sports, football, basketball, news, interview, general),
/// in `language` where we have it, else in English. Others are put in as they are.
[[nodiscard]] std::string hint_prompt(std::span<const std::string> hints,
                                      std::string_view language);

/// The end of `text`, from the begin of a word, at most `most_bytes`.
[[nodiscard]] std::string_view last_words(std::string_view text, std::size_t most_bytes);

}  // namespace livedub::whisper
