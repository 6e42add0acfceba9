// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "vocabulary/letters.hpp"

#include <array>
#include <cstdint>

namespace livedub::vocabulary {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLastSurrogate = 0xDFFF;
constexpr char32_t kLast = 0x10FFFF;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

bool is_within(char32_t code, char32_t first, char32_t last) {
    return code >= first && code <= last;
}

/// Latin and Cyrillic letters beyond the first block stand in pairs, upper before lower; in some
/// stretches the upper one is odd.
bool is_pair(char32_t code) {
    return is_within(code, 0x0100, 0x0137) || is_within(code, 0x014A, 0x0177) ||
           is_within(code, 0x0460, 0x0481) || is_within(code, 0x048A, 0x04BF) ||
           is_within(code, 0x04D0, 0x052F) || is_within(code, 0x1E00, 0x1E95) ||
           is_within(code, 0x1EA0, 0x1EFF);
}
bool is_odd_pair(char32_t code) {
    return is_within(code, 0x0139, 0x0148) || is_within(code, 0x0179, 0x017E);
}
// Dotless and dotted i are no pair.
bool is_lone(char32_t code) {
    return code == 0x0130 || code == 0x0131;
}

/// A stretch of upper-case letters and how far behind them the lower-case ones are.
struct Stretch {
    char32_t first;
    char32_t last;
    char32_t distance;
};
constexpr std::array<Stretch, 6> kStretches{{{'A', 'Z', 0x20},
                                             {0x00C0, 0x00D6, 0x20},
                                             {0x00D8, 0x00DE, 0x20},
                                             {0x0391, 0x03A9, 0x20},
                                             {0x0400, 0x040F, 0x50},
                                             {0x0410, 0x042F, 0x20}}};

constexpr char32_t kSmallFinalSigma = 0x03C2;
constexpr char32_t kSmallSigma = 0x03C3;

}  // namespace

Letter letter_at(std::string_view text, std::size_t at) {
    const Letter bad{.code = kReplacement, .bytes = 1};
    const auto first = byte_at(text, at);
    if (first < 0x80U) {
        return {.code = first, .bytes = 1};
    }
    std::size_t bytes = 0;
    char32_t code = 0;
    char32_t least = 0;
    if ((first & 0xE0U) == 0xC0U) {
        bytes = 2;
        code = first & 0x1FU;
        least = 0x80;
    } else if ((first & 0xF0U) == 0xE0U) {
        bytes = 3;
        code = first & 0x0FU;
        least = 0x800;
    } else if ((first & 0xF8U) == 0xF0U) {
        bytes = 4;
        code = first & 0x07U;
        least = 0x10000;
    } else {
        return bad;
    }
    if (at + bytes > text.size()) {
        return bad;
    }
    for (std::size_t next = at + 1; next < at + bytes; ++next) {
        const auto byte = byte_at(text, next);
        if ((byte & 0xC0U) != 0x80U) {
            return bad;
        }
        code = (code << 6U) | (byte & 0x3FU);
    }
    if (code < least || code > kLast || is_within(code, kFirstSurrogate, kLastSurrogate)) {
        return bad;
    }
    return {.code = code, .bytes = bytes};
}

void append(std::string& text, char32_t code) {
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto letter = letter_at(text, at);
        if (letter.bytes == 1 && letter.code == kReplacement) {
            return false;
        }
        at += letter.bytes;
    }
    return true;
}

bool is_word_letter(char32_t code) {
    if (code < 0x80) {
        return is_within(code, '0', '9') || is_within(lower(code), 'a', 'z');
    }
    if (code < 0xC0) {
        return code == 0xAA || code == 0xB5 || code == 0xBA;  // feminine, micro, masculine
    }
    const bool is_sign = code == 0xD7 || code == 0xF7 ||     // times, divided by
                         is_within(code, 0x2000, 0x2BFF) ||  // punctuation to arrows
                         is_within(code, 0x2E00, 0x2E7F) ||  // more punctuation
                         is_within(code, 0x3000, 0x3004) ||  // of East Asia
                         is_within(code, 0x3008, 0x3020) ||  // and its brackets
                         is_within(code, 0xE000, 0xF8FF) ||  // for private use
                         is_within(code, 0xFE10, 0xFE6F) ||  // small forms
                         is_within(code, 0xFF01, 0xFF0F) ||  // full-width
                         is_within(code, 0xFF1A, 0xFF20) ||  //
                         is_within(code, 0xFFF0, 0xFFFF) ||  // specials
                         is_within(code, 0x1F000, 0x1FAFF);  // pictures
    return !is_sign;
}

bool is_space(char32_t code) {
    return code <= ' ' || code == 0x7F || code == 0x85 || code == 0xA0 ||
           is_within(code, 0x2000, 0x200B) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x3000 || code == 0xFEFF;
}

char32_t lower(char32_t code) {
    for (const auto& stretch : kStretches) {
        if (is_within(code, stretch.first, stretch.last)) {
            return code + stretch.distance;
        }
    }
    if (is_lone(code)) {
        return code;
    }
    if (is_pair(code)) {
        return code | 1U;
    }
    if (is_odd_pair(code)) {
        return code + (code & 1U);
    }
    return code == kSmallFinalSigma ? kSmallSigma : code;
}

char32_t upper(char32_t code) {
    for (const auto& stretch : kStretches) {
        if (is_within(code, stretch.first + stretch.distance, stretch.last + stretch.distance)) {
            return code - stretch.distance;
        }
    }
    if (is_lone(code)) {
        return code;
    }
    if (is_pair(code)) {
        return code & ~char32_t{1};
    }
    return is_odd_pair(code) ? code - ((code & 1U) ^ 1U) : code;
}

std::string lower(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto letter = letter_at(text, at);
        append(result, lower(letter.code));
        at += letter.bytes;
    }
    return result;
}

std::string with_capital(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    const auto first = letter_at(text, 0);
    std::string result;
    append(result, upper(first.code));
    return result.append(text.substr(first.bytes));
}

std::string without_capital(std::string_view text) {
    if (text.empty()) {
        return {};
    }
    const auto first = letter_at(text, 0);
    std::string result;
    append(result, lower(first.code));
    return result.append(text.substr(first.bytes));
}

bool has_capital(std::string_view text) {
    return !text.empty() && lower(letter_at(text, 0).code) != letter_at(text, 0).code;
}

std::size_t count_letters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += letter_at(text, at).bytes) {
        ++count;
    }
    return count;
}

}  // namespace livedub::vocabulary
