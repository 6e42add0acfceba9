// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "wire/character_scan.hpp"

namespace livedub::wire {
namespace {

constexpr std::size_t kBlock = 1'024;

bool is_ascii(std::string_view text) {
    return has_none(text, [](char c) {
        return static_cast<unsigned char>(static_cast<unsigned char>(c) >> 7U);
    });
}

/// A row of the standard's table of well-formed sequences (Unicode, table 3-7).
struct Sequence {
    unsigned char first_lead;
    unsigned char last_lead;
    unsigned char least_second;
    unsigned char most_second;
    std::size_t size;
};
constexpr std::array kSequences{
    Sequence{0xC2, 0xDF, 0x80, 0xBF, 2}, Sequence{0xE0, 0xE0, 0xA0, 0xBF, 3},
    Sequence{0xE1, 0xEC, 0x80, 0xBF, 3}, Sequence{0xED, 0xED, 0x80, 0x9F, 3},
    Sequence{0xEE, 0xEF, 0x80, 0xBF, 3}, Sequence{0xF0, 0xF0, 0x90, 0xBF, 4},
    Sequence{0xF1, 0xF3, 0x80, 0xBF, 4}, Sequence{0xF4, 0xF4, 0x80, 0x8F, 4},
};

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// How many bytes the character that begins `text` has; 0 when it is none.
std::size_t size_of_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80U) {
        return 1;
    }
    const auto* const row = std::ranges::find_if(
        kSequences, [lead](const auto& s) { return s.first_lead <= lead && lead <= s.last_lead; });
    if (row == kSequences.end() || text.size() < row->size) {
        return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    const bool is_well = row->least_second <= second && second <= row->most_second &&
                         std::ranges::all_of(text.substr(2, row->size - 2), is_continuation);
    return is_well ? row->size : 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t block = std::min(kBlock, text.size());
        if (is_ascii(text.substr(0, block))) {
            text.remove_prefix(block);
            continue;
        }
        // At least so far character by character.
        for (std::size_t done = 0; done < block && !text.empty();) {
            const std::size_t size = size_of_character(text);
            if (size == 0) {
                return false;
            }
            text.remove_prefix(size);
            done += size;
        }
    }
    return true;
}

}  // namespace livedub::wire
