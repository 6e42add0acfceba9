// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/text_restoration.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <span>
#include <vector>

#include "speech/proper_names.hpp"

namespace livedub::speech {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 28> kAuxiliaries{
    "is",     "are",   "was",     "were",   "am",    "do",       "does",
    "did",    "can",   "could",   "will",   "would", "should",   "shall",
    "has",    "have",  "had",     "may",    "might", "isn't",    "aren't",
    "wasn't", "don't", "doesn't", "didn't", "can't", "couldn't", "won't"};
constexpr std::array<std::string_view, 9> kQuestionWords{"who", "what",  "where", "when", "why",
                                                         "how", "whose", "whom",  "which"};
constexpr std::array<std::string_view, 12> kSubjects{
    "i", "you", "he", "she", "it", "we", "they", "there", "this", "that", "these", "anyone"};

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
char upper(char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}
bool is_upper(char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

Words split(std::string_view text) {
    Words words;
    std::string word;
    for (const char c : text) {
        if (c != ' ') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) {
        words.push_back(std::move(word));
    }
    return words;
}

std::string join(std::span<const std::string> words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

bool is_before(std::string_view left, std::string_view right) {
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                        [](char a, char b) { return lower(a) < lower(b); });
}

/// The name as it is written, empty when `text` is none.
std::string_view find_name(std::string_view text) {
    const auto names = proper_names();
    const auto found = std::lower_bound(names.begin(), names.end(), text, is_before);
    return found != names.end() && !is_before(text, *found) ? *found : std::string_view{};
}

/// How many words from `at` on are a name; they are replaced by it.
std::size_t capitalise_name(Words& words, std::size_t at) {
    constexpr std::size_t kLongestName = 3;
    for (auto length = std::min(kLongestName, words.size() - at); length > 0; --length) {
        std::string text = join({words.data() + at, length});
        // "Chicago's": the ending is no part of the name, unless it is one ("New Year's Eve").
        std::string ending;
        std::string_view name = find_name(text);
        if (name.empty() && text.ends_with("'s")) {
            ending = "'s";
            text.resize(text.size() - ending.size());
            name = find_name(text);
        }
        if (!name.empty()) {
            auto written = split(name);
            written.back() += ending;
            std::move(written.begin(), written.end(),
                      words.begin() + static_cast<std::ptrdiff_t>(at));
            return length;
        }
    }
    return 0;
}

bool is_first_person(std::string_view word) {
    return word == "i" || word.starts_with("i'");  // i'm, i'll, i've, i'd
}

/// Decided before capitals are put in.
char closing_stop(const Words& words) {
    if (words.size() >= 3 && words[0] == "what" && (words[1] == "a" || words[1] == "an")) {
        return '!';
    }
    if (words.size() >= 3) {
        const bool question =
            (is_one_of(words[0], kQuestionWords) && is_one_of(words[1], kAuxiliaries)) ||
            (is_one_of(words[0], kAuxiliaries) && is_one_of(words[1], kSubjects));
        return question ? '?' : '.';
    }
    return '.';
}

}  // namespace

std::string restore_sentence(std::string_view heard) {
    auto words = split(heard);
    if (words.empty()) {
        return {};
    }
    const char stop = closing_stop(words);
    if (std::none_of(heard.begin(), heard.end(), is_upper)) {
        for (std::size_t at = 0; at < words.size();) {
            if (is_first_person(words[at])) {
                words[at].front() = 'I';
            }
            at += std::max<std::size_t>(capitalise_name(words, at), 1);
        }
        words.front().front() = upper(words.front().front());
    }
    auto sentence = join(words);
    if (std::string_view{".!?"}.find(sentence.back()) == std::string_view::npos) {
        sentence += stop;
    }
    return sentence;
}

}  // namespace livedub::speech
