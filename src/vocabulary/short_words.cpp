// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/short_words.hpp"

#include <algorithm>
#include <array>

#include "vocabulary/letters.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::array<std::string_view, 13> kShortened{
    "mr", "mrs", "ms", "dr", "st", "vs", "jr", "sr", "prof", "sra", "dra", "mme", "mlle"};

constexpr std::string_view kSpaces = " \t\r\n";

}  // namespace

bool is_shortened(std::string_view text, std::size_t at) {
    constexpr std::size_t kLongest = 12;  // bytes, with an opening quote; longer ones are words
    auto begin = at;
    while (begin > 0 && at - begin <= kLongest &&
           kSpaces.find(text[begin - 1]) == std::string_view::npos) {
        --begin;
    }
    auto word = text.substr(begin, at - begin);
    while (!word.empty() && !is_word_letter(letter_at(word, 0).code)) {
        word.remove_prefix(letter_at(word, 0).bytes);
    }
    return (count_letters(word) == 1 && has_capital(word)) ||
           std::ranges::find(kShortened, lower(word)) != kShortened.end();
}

}  // namespace livedub::vocabulary
