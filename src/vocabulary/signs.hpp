// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Terms stand aside while a text is translated: each has a sign in its place, a word of no
// language, which translators leave as it is, and in the translation the sign is replaced by the
// term's own translation.
//
// A word and not brackets or tags, because it is what all of them can do with: a rule-based one
// takes it for a name it does not know and builds the sentence around it, and a neural one copies
// it. Brackets and braces end Apertium's pipeline, or the clause that they are in.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary/glossary.hpp"

namespace livedub::vocabulary {

struct Sign {
    std::string sign;    // "Qzaa", "qzab": capital as the term's
    std::string source;  // what stood there
    std::string target;  // what is to be said instead

    friend bool operator==(const Sign&, const Sign&) = default;
};

struct SignedText {
    std::string text;
    std::vector<Sign> signs;
    bool has_other_words = false;  // false: there is nothing left to translate
};

/// Puts a sign in the place of each of `uses`, which are in the order of the text and do not
/// overlap. More than a hundred are more than a sentence holds: those are left as they are.
[[nodiscard]] SignedText put_signs(std::string_view text, const std::vector<TermUse>& uses);

/// Puts the terms' translations in the place of their signs, with a capital where a sentence
/// begins.
///
/// @param source The text before put_signs().
/// @return nullopt when a sign is not there, or more than once: whose place is not known.
[[nodiscard]] std::optional<std::string> take_signs(std::string_view translation,
                                                    const std::vector<Sign>& signs,
                                                    std::string_view source);

}  // namespace livedub::vocabulary
