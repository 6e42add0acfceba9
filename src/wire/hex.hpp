// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Captured bytes in tests, written as people read them. For tests only.

#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include "wire/bytes.hpp"

namespace livedub::wire {

/// "00 a1\n b2" -> {0x00, 0xa1, 0xb2}; whitespace is skipped.
[[nodiscard]] inline Bytes from_hex(std::string_view text) {
    Bytes bytes;
    std::string digits;
    for (const char character : text) {
        if (std::isspace(static_cast<unsigned char>(character)) != 0) {
            continue;
        }
        digits.push_back(character);
        if (digits.size() == 2) {
            bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits, nullptr, 16)));
            digits.clear();
        }
    }
    return bytes;
}

}  // namespace livedub::wire
