// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/signs.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "vocabulary/letters.hpp"
#include "vocabulary/words.hpp"

namespace livedub::vocabulary {
namespace {

constexpr std::size_t kMostSigns = 100;

std::string sign_of(std::size_t number, bool has_capital) {
    constexpr std::size_t kLetters = 26;
    std::string sign = has_capital ? "Qz" : "qz";
    sign += static_cast<char>('a' + number / kLetters);
    sign += static_cast<char>('a' + number % kLetters);
    return sign;
}

/// "iPhone", "eBay": written so wherever they stand.
bool has_own_case(std::string_view target) {
    return !has_capital(target) && lower(target) != target;
}

std::set<std::string> capitalised_words(std::string_view text) {
    std::set<std::string> capitalised;
    for (const auto& word : to_words(text)) {
        if (has_capital(text.substr(word.begin, word.end - word.begin))) {
            capitalised.insert(word.folded);
        }
    }
    return capitalised;
}

/// Replaces stretches of a text, first to last.
class Rewriting {
  public:
    explicit Rewriting(std::string_view text) : text_{text} {}

    void replace(const Word& word, std::string_view with) {
        result_.append(text_.substr(done_, word.begin - done_)).append(with);
        done_ = word.end;
    }
    [[nodiscard]] std::string finish() && {
        result_.append(text_.substr(done_));
        return std::move(result_);
    }

  private:
    std::string_view text_;
    std::size_t done_ = 0;
    std::string result_;
};

}  // namespace

SignedText put_signs(std::string_view text, const std::vector<TermUse>& uses) {
    SignedText result;
    std::size_t done = 0;
    std::string others;
    for (const auto& use : uses) {
        if (result.signs.size() == kMostSigns) {
            break;
        }
        const auto source = text.substr(use.begin, use.end - use.begin);
        result.signs.push_back({.sign = sign_of(result.signs.size(), has_capital(source)),
                                .source = std::string{source},
                                .target = use.target});
        others.append(text.substr(done, use.begin - done)).append(" ");
        result.text.append(text.substr(done, use.begin - done)).append(result.signs.back().sign);
        done = use.end;
    }
    others.append(text.substr(done));
    result.text.append(text.substr(done));
    result.has_other_words = std::ranges::any_of(to_words(others), &Word::is_word);
    return result;
}

std::optional<std::string> take_signs(std::string_view translation, const std::vector<Sign>& signs,
                                      std::string_view source) {
    const auto words = to_words(translation);
    std::vector<std::size_t> seen(signs.size());
    const auto capitalised = capitalised_words(source);
    Rewriting rewriting{translation};
    bool follows_first = false;  // the word before it is a sign that begins a sentence
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto written = translation.substr(words[at].begin, words[at].end - words[at].begin);
        const auto found = std::ranges::find_if(
            signs, [&](const Sign& sign) { return lower(sign.sign) == words[at].folded; });
        if (found != signs.end()) {
            ++seen[static_cast<std::size_t>(found - signs.begin())];
            follows_first = begins_sentence(words, at);
            rewriting.replace(words[at], follows_first && !has_own_case(found->target)
                                             ? with_capital(found->target)
                                             : found->target);
            continue;
        }
        // Apertium gives the capital of a sentence to the first word that it translated.
        const auto small = without_capital(written);
        if (follows_first && has_capital(written) && small == words[at].folded &&
            !capitalised.contains(words[at].folded)) {
            rewriting.replace(words[at], small);
        }
        follows_first = false;
    }
    if (std::ranges::any_of(seen, [](std::size_t times) { return times != 1; })) {
        return std::nullopt;
    }
    return std::move(rewriting).finish();
}

}  // namespace livedub::vocabulary
