// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/json_scan.hpp"

#include <algorithm>
#include <vector>

namespace livedub::wire {
namespace {

/// What no number and no word has in it.
constexpr std::string_view kStructure = " \t\r\n,:[]{}\"";

std::optional<std::size_t> end_of_word(std::string_view text, std::size_t at) {
    const std::size_t end = std::min(text.find_first_of(kStructure, at), text.size());
    return end > at ? std::optional{end} : std::nullopt;
}

/// Iterative, because the depth is the sender's choice.
class Scanner {
  public:
    Scanner(std::string_view text, std::size_t at) : text_{text}, at_{at} {}

    std::optional<std::size_t> run() {
        while (true) {
            if (!begin_value()) {
                return std::nullopt;
            }
            if (is_opened_) {
                continue;  // the next value is the first inside
            }
            if (!close_and_go_on()) {
                return std::nullopt;
            }
            if (open_.empty()) {
                return at_;
            }
        }
    }

  private:
    [[nodiscard]] bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }
    void skip_space() { at_ = skip_json_space(text_, at_); }

    bool take(char c) {
        if (!is_at(c)) {
            return false;
        }
        ++at_;
        return true;
    }

    bool take_string() {
        if (!is_at('"')) {
            return false;
        }
        const auto end = end_of_json_string(text_, at_);
        at_ = end.value_or(at_);
        return end.has_value();
    }

    /// A string, a word or an empty container as a whole, or the bracket that opens a container.
    bool begin_value() {
        is_opened_ = false;
        if (is_at('"')) {
            return take_string();
        }
        if (is_at('[') || is_at('{')) {
            return open(text_[at_]);
        }
        const auto end = end_of_word(text_, at_);
        at_ = end.value_or(at_);
        return end.has_value();
    }

    bool open(char bracket) {
        const bool is_array = bracket == '[';
        ++at_;
        skip_space();
        if (take(is_array ? ']' : '}')) {
            return true;
        }
        open_.push_back(is_array);
        is_opened_ = true;
        return is_array || take_key();
    }

    bool take_key() {
        if (!take_string()) {
            return false;
        }
        skip_space();
        const bool is_key = take(':');
        skip_space();
        return is_key;
    }

    /// After a value: closes what ends here, up to the comma before the next value.
    bool close_and_go_on() {
        while (!open_.empty()) {
            const bool is_array = open_.back();
            skip_space();
            if (take(',')) {
                skip_space();
                return is_array || take_key();
            }
            if (!take(is_array ? ']' : '}')) {
                return false;
            }
            open_.pop_back();
        }
        return true;
    }

    std::string_view text_;
    std::size_t at_;
    std::vector<bool> open_;  // what is yet to be closed: whether it is an array
    bool is_opened_ = false;
};

}  // namespace

std::size_t skip_json_space(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

std::size_t find_closing_quote(std::string_view text, std::size_t at) {
    std::size_t quote = text.find('"', at);
    for (; quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
        // Only those right before it matter, so that most of a string is looked at once.
        std::size_t first = quote;
        while (first > at && text[first - 1] == '\\') {
            --first;
        }
        if ((quote - first) % 2 == 0) {
            break;
        }
    }
    return quote;
}

std::optional<std::size_t> end_of_json_string(std::string_view text, std::size_t at) {
    const std::size_t quote = find_closing_quote(text, at + 1);
    return quote == std::string_view::npos ? std::nullopt : std::optional{quote + 1};
}

std::optional<std::size_t> end_of_json_value(std::string_view text, std::size_t at) {
    return Scanner{text, at}.run();
}

}  // namespace livedub::wire
