// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/likeness.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "vocabulary/words.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::size_t kWordsOfASentence = 4;

std::vector<std::string> words_alone(std::string_view text) {
    std::vector<std::string> alone;
    for (auto& word : to_words(text)) {
        if (word.is_word) {
            alone.push_back(std::move(word.folded));
        }
    }
    return alone;
}

}  // namespace

bool is_left_untranslated(std::string_view source, std::string_view translation) {
    const auto words = words_alone(source);
    return words.size() >= kWordsOfASentence && words == words_alone(translation);
}

}  // namespace livedub::vocabulary
