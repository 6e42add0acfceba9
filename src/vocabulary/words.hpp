// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A text as its words and the signs between them, each with its place, so that what is found among
// the words can be changed in the text.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::vocabulary {

struct Word {
    std::size_t begin = 0;  // bytes of the text
    std::size_t end = 0;
    std::string folded;   // in lower case, with the plain apostrophe and hyphen
    bool is_word = true;  // false: a sign, as "," or "%"
};

/// Hyphens and apostrophes inside a word belong to it ("kick-off", "don't"); the "'s" at its end is
/// one of its own, so that a name is found in its genitive too. Spaces are left out.
[[nodiscard]] std::vector<Word> to_words(std::string_view text);

/// Whether a sentence begins with the word at `at`: there is none before it, or one of . ! ? and
/// what opens quotes, brackets and Spanish questions.
[[nodiscard]] bool begins_sentence(const std::vector<Word>& words, std::size_t at);

}  // namespace livedub::vocabulary
