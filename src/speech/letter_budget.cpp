// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/letter_budget.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "dubbing/language.hpp"
#include "vocabulary/letters.hpp"

namespace livedub::speech {
namespace {

/// With the spaces between words: some 170 words a minute. Where a letter is a syllable, fewer.
constexpr double kLettersInASecond = 16.0;
constexpr double kSyllablesInASecond = 5.5;
constexpr std::array<std::string_view, 3> kOfSyllables{"zh", "ja", "ko"};

constexpr std::size_t kLeast = 12;

}  // namespace

std::size_t letters_in(StreamDuration time, std::string_view language) {
    const bool is_of_syllables = std::ranges::any_of(
        kOfSyllables, [&](std::string_view other) { return is_same_language(language, other); });
    return static_cast<std::size_t>(std::max(0.0, std::chrono::duration<double>{time}.count()) *
                                    (is_of_syllables ? kSyllablesInASecond : kLettersInASecond));
}

std::vector<std::size_t> share_letters(std::size_t letters, const std::vector<Phrase>& sentences) {
    std::vector<std::size_t> shares;
    std::size_t all = 0;
    for (const auto& sentence : sentences) {
        shares.push_back(vocabulary::count_letters(sentence.text));
        all += shares.back();
    }
    for (auto& share : shares) {
        share = std::max(kLeast, letters * share / std::max<std::size_t>(all, 1));
    }
    return shares;
}

}  // namespace livedub::speech
