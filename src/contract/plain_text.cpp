// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/plain_text.hpp"

#include <algorithm>

#include "wire/character_scan.hpp"

namespace livedub::contract {
namespace {

bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

bool is_plain(std::string_view text) noexcept {
    return wire::has_none(text, [](char c) {
        return static_cast<unsigned char>(
            static_cast<unsigned>(c < ' ') | static_cast<unsigned>(c > '~') |
            static_cast<unsigned>(c == '"') | static_cast<unsigned>(c == '\\'));
    });
}

std::size_t count_characters(std::string_view text) noexcept {
    return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

}  // namespace livedub::contract
