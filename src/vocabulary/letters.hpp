// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 letter by letter: what belongs to a word, and its other case. Latin, Greek and Cyrillic;
// other scripts have no case, or none that a glossary needs.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace livedub::vocabulary {

struct Letter {
    char32_t code = 0;      // U+FFFD for a byte that is no UTF-8
    std::size_t bytes = 0;  // that it takes up, at least 1

    friend bool operator==(const Letter&, const Letter&) = default;
};

/// The one that begins at `at`, which is in `text`.
[[nodiscard]] Letter letter_at(std::string_view text, std::size_t at);

void append(std::string& text, char32_t code);

/// Well-formed throughout: no overlong form, no surrogate, nothing beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Letters, digits and marks on them, of any script.
[[nodiscard]] bool is_word_letter(char32_t code);
[[nodiscard]] bool is_space(char32_t code);

[[nodiscard]] char32_t lower(char32_t code);
[[nodiscard]] char32_t upper(char32_t code);

[[nodiscard]] std::string lower(std::string_view text);

/// With its first letter in upper case, and in lower case.
[[nodiscard]] std::string with_capital(std::string_view text);
[[nodiscard]] std::string without_capital(std::string_view text);

/// Whether it begins in upper case.
[[nodiscard]] bool has_capital(std::string_view text);

/// How many characters (code points) it has.
[[nodiscard]] std::size_t count_letters(std::string_view text);

}  // namespace livedub::vocabulary
