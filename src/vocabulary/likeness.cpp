// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/likeness.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "vocabulary/letters.hpp"
#include "vocabulary/words.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::size_t kWordsOfASentence = 4;

bool has_letters(std::string_view word) {
    return word.find_first_not_of("0123456789-'") != std::string_view::npos;
}

/// Written with a capital alone. Text in capitals throughout is no row of names.
bool is_name(std::string_view word) {
    return has_capital(word) && lower(without_capital(word)) == without_capital(word);
}

struct Words {
    std::vector<std::string> all;  // that have letters, folded
    bool are_names = true;
};

Words words_of(std::string_view text) {
    Words words;
    for (auto& word : to_words(text)) {
        if (word.is_word && has_letters(word.folded)) {
            words.are_names =
                words.are_names && is_name(text.substr(word.begin, word.end - word.begin));
            words.all.push_back(std::move(word.folded));
        }
    }
    return words;
}

}  // namespace

bool is_left_untranslated(std::string_view source, std::string_view translation) {
    const auto words = words_of(source);
    // "No, no, no, no!" may be the same in another language.
    const std::set<std::string_view> different{words.all.begin(), words.all.end()};
    return different.size() >= kWordsOfASentence && !words.are_names &&
           words.all == words_of(translation).all;
}

}  // namespace livedub::vocabulary
