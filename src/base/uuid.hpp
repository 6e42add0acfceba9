// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Names that nobody else has.

#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace livedub {

/// A random UUID (version 4), in lower case. Any thread.
[[nodiscard]] inline std::string make_uuid4() {
    constexpr const char* kDigits = "0123456789abcdef";
    std::random_device device;
    std::string uuid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::uint32_t bits = 0;
    int left = 0;
    for (char& c : uuid) {
        if (c != 'x' && c != 'y') {
            continue;
        }
        if (left == 0) {
            bits = device();
            left = 8;
        }
        const auto nibble = bits & 0xFU;
        bits >>= 4U;
        --left;
        c = kDigits[c == 'y' ? 8U + (nibble & 3U) : nibble];
    }
    return uuid;
}

}  // namespace livedub
