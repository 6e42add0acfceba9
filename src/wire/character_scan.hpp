// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Looking at every character of a text that may be megabytes of base64.

#pragma once

#include <cstddef>
#include <string_view>

namespace livedub::wire {

/// Whether `is_odd` is 0 for every character. It gives 0 or 1 as a byte and without branches: the
/// compiler looks at many characters at once then.
template <typename IsOdd>
[[nodiscard]] bool has_none(std::string_view text, IsOdd is_odd) noexcept {
    constexpr std::size_t kBlock = 128;
    std::size_t at = 0;
    for (; at + kBlock <= text.size(); at += kBlock) {
        unsigned char found = 0;
        for (std::size_t i = 0; i < kBlock; ++i) {
            found = static_cast<unsigned char>(found | is_odd(text[at + i]));
        }
        if (found != 0) {
            return false;
        }
    }
    for (; at < text.size(); ++at) {
        if (is_odd(text[at]) != 0) {
            return false;
        }
    }
    return true;
}

}  // namespace livedub::wire
