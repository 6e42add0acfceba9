// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/sentences.hpp"

#include <cstddef>

#include "vocabulary/letters.hpp"
#include "vocabulary/short_words.hpp"

namespace livedub::opus {
namespace {

using vocabulary::letter_at;

constexpr std::u32string_view kStops = U".!?\u2026";
constexpr std::u32string_view kWideStops = U"\u3002\uff01\uff1f";
constexpr std::u32string_view kClosing = U"\"')]\u00bb\u2019\u201d\u300d\u300f";

constexpr std::string_view kSpaces = " \t\r\n";

bool is_one_of(std::u32string_view set, char32_t code) {
    return set.find(code) != std::u32string_view::npos;
}

bool is_lower_case(std::string_view text, std::size_t at) {
    const auto code = letter_at(text, at).code;
    return vocabulary::upper(code) != code;
}

class Splitter {
  public:
    explicit Splitter(std::string_view text) : text_{text} {}

    std::vector<std::string> run() {
        for (std::size_t at = 0; at < text_.size();) {
            const auto letter = letter_at(text_, at);
            const bool is_wide = is_one_of(kWideStops, letter.code);
            if (is_wide || is_one_of(kStops, letter.code)) {
                const auto after = skip(at + letter.bytes, kClosing);
                if (is_wide || ends_here(at, after)) {
                    end_at(after);
                }
            }
            at += letter.bytes;
        }
        end_at(text_.size());
        return std::move(sentences_);
    }

  private:
    [[nodiscard]] std::size_t skip(std::size_t at, std::u32string_view set) const {
        while (at < text_.size() && is_one_of(set, letter_at(text_, at).code)) {
            at += letter_at(text_, at).bytes;
        }
        return at;
    }

    [[nodiscard]] bool ends_here(std::size_t stop, std::size_t after) const {
        auto next = after;
        while (next < text_.size() && vocabulary::is_space(letter_at(text_, next).code)) {
            next += letter_at(text_, next).bytes;
        }
        return next > after && next < text_.size() && !is_lower_case(text_, next) &&
               !(text_[stop] == '.' && vocabulary::is_shortened(text_, stop));
    }

    void end_at(std::size_t end) {
        if (end <= begin_) {
            return;
        }
        auto sentence = text_.substr(begin_, end - begin_);
        while (!sentence.empty() && vocabulary::is_space(letter_at(sentence, 0).code)) {
            sentence.remove_prefix(letter_at(sentence, 0).bytes);
        }
        while (!sentence.empty() && kSpaces.find(sentence.back()) != std::string_view::npos) {
            sentence.remove_suffix(1);
        }
        if (!sentence.empty()) {
            sentences_.emplace_back(sentence);
        }
        begin_ = end;
    }

    std::string_view text_;
    std::size_t begin_ = 0;  // of the sentence that is looked at
    std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> to_sentences(std::string_view text) {
    return Splitter{text}.run();
}

}  // namespace livedub::opus
