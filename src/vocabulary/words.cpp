// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/words.hpp"

#include <algorithm>
#include <array>

#include "vocabulary/letters.hpp"

namespace livedub::vocabulary {
namespace {

constexpr char32_t kCurlyApostrophe = 0x2019;
constexpr char32_t kHyphen = 0x2010;
constexpr char32_t kUnbreakableHyphen = 0x2011;

char32_t plain(char32_t code) {
    if (code == kCurlyApostrophe) {
        return '\'';
    }
    return code == kHyphen || code == kUnbreakableHyphen ? U'-' : code;
}

bool joins_words(char32_t code) {
    return code == '\'' || code == '-';
}

/// The end of the word that begins at `at`.
std::size_t end_of_word(std::string_view text, std::size_t at) {
    while (at < text.size()) {
        const auto letter = letter_at(text, at);
        const auto next = at + letter.bytes;
        const bool is_inside =
            is_word_letter(letter.code) || (joins_words(plain(letter.code)) && next < text.size() &&
                                            is_word_letter(letter_at(text, next).code));
        if (!is_inside) {
            break;
        }
        at = next;
    }
    return at;
}

std::string fold(std::string_view text) {
    std::string folded;
    folded.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto letter = letter_at(text, at);
        append(folded, lower(plain(letter.code)));
        at += letter.bytes;
    }
    return folded;
}

/// Adds the word, and its genitive's "'s" as another.
void add_word(std::vector<Word>& words, std::string_view text, std::size_t begin, std::size_t end) {
    constexpr std::string_view kGenitive = "'s";
    auto folded = fold(text.substr(begin, end - begin));
    if (folded.size() > kGenitive.size() && folded.ends_with(kGenitive)) {
        folded.resize(folded.size() - kGenitive.size());
        const bool is_curly = text[end - kGenitive.size()] != '\'';
        const auto middle = end - (is_curly ? 4 : kGenitive.size());  // its three bytes and an "s"
        words.push_back({.begin = begin, .end = middle, .folded = std::move(folded)});
        words.push_back({.begin = middle, .end = end, .folded = std::string{kGenitive}});
    } else {
        words.push_back({.begin = begin, .end = end, .folded = std::move(folded)});
    }
}

}  // namespace

std::vector<Word> to_words(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto letter = letter_at(text, at);
        auto end = at + letter.bytes;
        if (is_word_letter(letter.code)) {
            end = end_of_word(text, at);
            add_word(words, text, at, end);
        } else if (!is_space(letter.code)) {
            words.push_back({.begin = at,
                             .end = end,
                             .folded = fold(text.substr(at, letter.bytes)),
                             .is_word = false});
        }
        at = end;
    }
    return words;
}

bool begins_sentence(const std::vector<Word>& words, std::size_t at) {
    constexpr std::array<std::string_view, 4> kEnds{".", "!", "?", "\u2026"};
    constexpr std::array<std::string_view, 9> kOpens{"\u00A1", "\u00BF", "\"",     "(",     "[",
                                                     "\u00AB", "\u201C", "\u2018", "\u2014"};
    while (at > 0) {
        const auto& before = words[at - 1].folded;
        if (std::ranges::find(kEnds, before) != kEnds.end()) {
            return true;
        }
        if (std::ranges::find(kOpens, before) == kOpens.end()) {
            return false;
        }
        --at;
    }
    return true;
}

}  // namespace livedub::vocabulary
