// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/speaker_label.hpp"

#include <algorithm>
#include <cstddef>

#include "vocabulary/letters.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::size_t kLongestLabel = 40;  // bytes
constexpr int kMostWords = 3;
constexpr std::string_view kSpaces = " \t";

std::string_view without_spaces(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(kSpaces), text.size()));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// "Anna", "ANNA LOPEZ", "Speaker 2": names, not the beginning of a sentence.
bool is_name(std::string_view text) {
    int words = 0;
    for (auto rest = without_spaces(text); !rest.empty();) {
        const auto word = rest.substr(0, rest.find_first_of(kSpaces));
        const bool is_part_of_name = has_capital(word) || (words > 0 && is_digit(word.front()));
        if (!is_part_of_name || ++words > kMostWords) {
            return false;
        }
        rest = without_spaces(rest.substr(word.size()));
    }
    return words > 0;
}

/// Bytes of the label that `text` begins with; 0: none.
std::size_t label_size(std::string_view text) {
    if (text.starts_with(">>")) {
        return std::min(text.find_first_not_of('>'), text.size());
    }
    const auto head = text.substr(0, kLongestLabel);
    if (text.starts_with('[')) {
        const auto end = head.find(']');
        return end == std::string_view::npos ? 0 : end + 1;
    }
    const auto colon = head.find(':');
    // "20:45" and "https://" are not labels.
    const bool is_followed_by_space =
        colon != std::string_view::npos &&
        (colon + 1 == text.size() || kSpaces.find(text[colon + 1]) != std::string_view::npos);
    return is_followed_by_space && is_name(head.substr(0, colon)) ? colon + 1 : 0;
}

}  // namespace

std::string_view without_speaker_label(std::string_view text) {
    auto rest = without_spaces(text);
    for (auto size = label_size(rest); size > 0; size = label_size(rest)) {
        rest = without_spaces(rest.substr(size));
        if (rest.starts_with(':')) {  // "[Anna]: "
            rest = without_spaces(rest.substr(1));
        }
    }
    return rest.empty() ? text : rest;
}

}  // namespace livedub::vocabulary
