// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/spoken_form.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "vocabulary/letters.hpp"
#include "vocabulary/spoken_words.hpp"

namespace livedub::vocabulary {
namespace {

/// Others, as UEFA and FIFA, are spoken as words.
constexpr std::array<std::string_view, 15> kSpelled{"AFC", "CBF", "EPL",  "MLB", "MLS",
                                                    "MVP", "NBA", "NCAA", "NFC", "NFL",
                                                    "NHL", "PSG", "UFC",  "WBC", "WNBA"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Speaker {
  public:
    Speaker(std::string_view text, const SpokenWords* words) : text_{text}, words_{words} {}

    std::string speak() && {
        while (at_ < text_.size()) {
            if (!say_number() && !say_currency() && !say_sign() && !say_word()) {
                copy(letter_at(text_, at_).bytes);
            }
        }
        return std::move(result_);
    }

  private:
    /// From `from` on: digits, with points and commas between them.
    [[nodiscard]] std::string_view number_at(std::size_t from) const {
        auto end = from;
        while (end < text_.size()) {
            const bool is_inside =
                is_digit(text_[end]) || (end > from && (text_[end] == '.' || text_[end] == ',') &&
                                         end + 1 < text_.size() && is_digit(text_[end + 1]));
            if (!is_inside) {
                break;
            }
            ++end;
        }
        return text_.substr(from, end - from);
    }

    [[nodiscard]] bool is_word_at(std::size_t at) const {
        return at < text_.size() && is_word_letter(letter_at(text_, at).code);
    }
    [[nodiscard]] bool is_after_word() const {
        // The last byte of a letter beyond ASCII is no ASCII; that is enough to know.
        return at_ > 0 && (static_cast<unsigned char>(text_[at_ - 1]) >= 0x80U ||
                           is_word_letter(letter_at(text_, at_ - 1).code));
    }

    [[nodiscard]] std::size_t skip_spaces(std::size_t at) const {
        while (at < text_.size() && is_space(letter_at(text_, at).code)) {
            at += letter_at(text_, at).bytes;
        }
        return at;
    }

    void copy(std::size_t bytes) {
        result_.append(text_.substr(at_, bytes));
        at_ += bytes;
    }

    /// `word` with a space before it, and one after it if a word follows at `end`.
    void say(std::string_view word, std::size_t end) {
        if (!result_.empty() && !is_space(static_cast<unsigned char>(result_.back()))) {
            result_ += ' ';
        }
        result_.append(word);
        at_ = end;
        if (is_word_at(at_)) {
            result_ += ' ';
        }
    }

    static std::string_view counted(const Counted& words, std::string_view number) {
        return number == "1" ? words.one : words.many;
    }

    /// A number, and what is counted when that stands behind it.
    bool say_number() {
        const auto number = number_at(at_);
        if (number.empty()) {
            return false;
        }
        const bool is_alone = !is_after_word();
        copy(number.size());
        if (!is_alone || words_ == nullptr) {
            return true;
        }
        const auto behind = skip_spaces(at_);
        if (text_.substr(behind).starts_with('%')) {
            say(words_->percent, behind + 1);
            return true;
        }
        for (std::size_t n = 0; n < kCurrencies; ++n) {
            // "5 $" is five dollars unless it is "5 $3".
            const auto end = behind + kCurrencySigns.at(n).size();
            if (text_.substr(behind).starts_with(kCurrencySigns.at(n)) && number_at(end).empty()) {
                say(counted(words_->currencies.at(n), number), end);
                return true;
            }
        }
        for (std::size_t n = 0; n < kUnits; ++n) {
            auto end = behind + kUnitSpellings.at(n).size();
            if (!text_.substr(behind).starts_with(kUnitSpellings.at(n))) {
                continue;
            }
            const bool is_plural = (kUnitSpellings.at(n) == "lb" || kUnitSpellings.at(n) == "yd") &&
                                   text_.substr(end).starts_with('s');
            end += is_plural ? 1 : 0;
            // "5 m'ont": a word that lost its end.
            if (!is_word_at(end) && !text_.substr(end).starts_with('\'')) {
                say(counted(words_->units.at(n), number), end);
                return true;
            }
        }
        return true;
    }

    /// "$5", "$5.5m", "$5 millones".
    bool say_currency() {
        if (words_ == nullptr) {
            return false;
        }
        for (std::size_t n = 0; n < kCurrencies; ++n) {
            if (!text_.substr(at_).starts_with(kCurrencySigns.at(n))) {
                continue;
            }
            const auto from = skip_spaces(at_ + kCurrencySigns.at(n).size());
            const auto number = number_at(from);
            if (number.empty()) {
                return false;
            }
            result_.append(number);
            at_ = from + number.size();
            const bool are_many = say_magnitude(number);
            if (are_many && !words_->of.empty()) {
                say(words_->of, at_);
            }
            say(are_many ? words_->currencies.at(n).many
                         : counted(words_->currencies.at(n), number),
                at_);
            return true;
        }
        return false;
    }

    /// @return Whether it were millions.
    bool say_magnitude(std::string_view number) {
        struct Magnitude {
            std::string_view written;
            std::string_view spoken;
            bool is_of;
        };
        const auto million = counted(words_->million, number);
        const auto billion = counted(words_->billion, number);
        const std::array<Magnitude, 6> all{{{"bn", billion, true},
                                            {"m", million, true},
                                            {"M", million, true},
                                            {"k", words_->thousand, false},
                                            {"K", words_->thousand, false},
                                            {"B", billion, true}}};
        for (const auto& magnitude : all) {
            const auto end = at_ + magnitude.written.size();
            if (text_.substr(at_).starts_with(magnitude.written) && !is_word_at(end)) {
                say(magnitude.spoken, end);
                return magnitude.is_of;
            }
        }
        const auto behind = skip_spaces(at_);
        const std::array<std::string_view, 4> words{words_->billion.many, words_->billion.one,
                                                    words_->million.many, words_->million.one};
        const auto* const word = std::ranges::find_if(words, [&](std::string_view candidate) {
            return text_.substr(behind).starts_with(candidate) &&
                   !is_word_at(behind + candidate.size());
        });
        if (behind == at_ || word == words.end()) {
            return false;
        }
        say(*word, behind + word->size());
        return true;
    }

    bool say_sign() {
        if (words_ == nullptr) {
            return false;
        }
        const auto word = text_[at_] == '&'   ? words_->and_word
                          : text_[at_] == '@' ? words_->at_sign
                          : text_[at_] == '%' ? words_->percent
                                              : std::string_view{};
        if (word.empty()) {
            return false;
        }
        say(word, at_ + 1);
        return true;
    }

    bool say_word() {
        if (!is_word_at(at_)) {
            return false;
        }
        auto end = at_;
        while (is_word_at(end)) {
            end += letter_at(text_, end).bytes;
        }
        const auto word = text_.substr(at_, end - at_);
        if (words_ != nullptr && lower(word) == "vs") {
            const bool has_stop = text_.substr(end).starts_with('.');
            // The last word of a text keeps its stop: it ends the sentence too.
            const bool is_last = skip_spaces(end + 1) >= text_.size();
            say(words_->versus, end + (has_stop && !is_last ? 1 : 0));
        } else if (std::ranges::find(kSpelled, word) != kSpelled.end()) {
            std::string letters;
            for (const char letter : word) {
                letters.append(letters.empty() ? "" : " ").append(1, letter);
            }
            result_.append(letters);
            at_ = end;
        } else {
            copy(word.size());
        }
        return true;
    }

    const std::string_view text_;
    const SpokenWords* const words_;  // null: of no language that we know
    std::size_t at_ = 0;
    std::string result_;
};

}  // namespace

std::string spoken_form(std::string_view text, std::string_view language) {
    return Speaker{text, spoken_words(language)}.speak();
}

}  // namespace livedub::vocabulary
