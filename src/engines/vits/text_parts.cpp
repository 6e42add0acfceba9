// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/text_parts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "vocabulary/letters.hpp"
#include "vocabulary/short_words.hpp"

namespace livedub::vits {
namespace {

// Bytes. A model's run cannot be stopped within a step of it, and steps are as long as their text.
constexpr std::size_t kLongestClause = 120;
constexpr std::size_t kLongestSentence = 160;

constexpr char32_t kNoLetter = 0xFFFD;  // bytes that are no UTF-8

struct Sign {
    std::string_view text;
    char plain;
};

constexpr std::array kSigns = std::to_array<Sign>({{".", '.'},
                                                   {"!", '!'},
                                                   {"?", '?'},
                                                   {",", ','},
                                                   {";", ';'},
                                                   {":", ':'},
                                                   {"…", '.'},
                                                   {"。", '.'},
                                                   {"！", '!'},
                                                   {"？", '?'},
                                                   {"，", ','},
                                                   {"、", ','},
                                                   {"；", ';'},
                                                   {"：", ':'}});

bool ends_sentence(char sign) {
    return sign == '.' || sign == '!' || sign == '?';
}

/// The parts as they grow.
class Parts {
  public:
    void add(vocabulary::Letter letter, std::string_view bytes) {
        if (letter.code == kNoLetter) {
            return;
        }
        is_spoken_ = is_spoken_ || vocabulary::is_word_letter(letter.code);
        const bool is_space = vocabulary::is_space(letter.code);
        if (is_space && words_.size() >= kLongestClause) {
            end_clause('\0');
        } else if (is_space) {
            if (!words_.empty() && words_.back() != ' ') {
                words_ += ' ';
            }
        } else {
            words_ += bytes;
        }
        if (words_.size() >= 2 * kLongestClause) {
            end_clause('\0');  // a script without spaces
        }
    }

    void end_clause(char sign) {
        while (words_.ends_with(' ')) {
            words_.pop_back();
        }
        if (is_spoken_) {
            if (size_ > 0 && size_ + words_.size() > kLongestSentence) {
                end_sentence();
            }
            size_ += words_.size();
            sentence_.push_back({.words = std::move(words_), .sign = sign});
            if (ends_sentence(sign)) {
                end_sentence();
            }
        }
        words_.clear();
        is_spoken_ = false;
    }

    std::vector<Sentence> finish() && {
        end_clause('\0');
        end_sentence();
        return std::move(sentences_);
    }

  private:
    void end_sentence() {
        if (!sentence_.empty()) {
            sentences_.push_back(std::move(sentence_));
        }
        sentence_.clear();
        size_ = 0;
    }

    std::vector<Sentence> sentences_;
    Sentence sentence_;
    std::size_t size_ = 0;  // of its words
    std::string words_;     // of the clause
    bool is_spoken_ = false;
};

/// Whatever comes after it. nullptr: none.
const Sign* any_sign_at(std::string_view text, std::size_t at) {
    const auto* const found = std::ranges::find_if(
        kSigns, [&](const Sign& sign) { return text.substr(at).starts_with(sign.text); });
    return found == kSigns.end() ? nullptr : found;
}

/// The sign that begins at `at`, where it ends a clause. nullptr: none.
const Sign* sign_at(std::string_view text, std::size_t at) {
    const auto* const sign = any_sign_at(text, at);
    if (sign == nullptr || sign->text.size() > 1) {
        return sign;
    }
    const auto after = at + 1;
    const bool is_end = after == text.size() ||
                        vocabulary::is_space(vocabulary::letter_at(text, after).code) ||
                        any_sign_at(text, after) != nullptr;
    const bool is_last = text.find_first_not_of(" \t\r\n", after) == std::string_view::npos;
    const bool is_of_word = sign->plain == '.' && !is_last && vocabulary::is_shortened(text, at);
    return is_end && !is_of_word ? sign : nullptr;
}

}  // namespace

std::vector<Sentence> sentences_of(std::string_view text) {
    Parts parts;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto* const sign = sign_at(text, at)) {
            parts.end_clause(sign->plain);
            at += sign->text.size();
            continue;
        }
        const auto letter = vocabulary::letter_at(text, at);
        parts.add(letter, text.substr(at, letter.bytes));
        at += letter.bytes;
    }
    return std::move(parts).finish();
}

}  // namespace livedub::vits
