// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Looking at every character of a text that may be megabytes of base64.

#pragma once

#include <cstddef>
#include <string_view>

namespace livedub::wire {

/// Cuts blocks off the front of `text` as long as `is_odd` is 0 for all of a block and it has one.
template <std::size_t kBlock, typename IsOdd>
[[nodiscard]] bool skip_blocks(std::string_view& text, IsOdd is_odd) noexcept {
    std::size_t at = 0;
    for (; at + kBlock <= text.size(); at += kBlock) {
        const char* const block = text.data() + at;
        unsigned char found = 0;
        for (std::size_t i = 0; i < kBlock; ++i) {
            found = static_cast<unsigned char>(found | is_odd(block[i]));
        }
        if (found != 0) {
            return false;
        }
    }
    text.remove_prefix(at);
    return true;
}

/// Whether `is_odd` is 0 for every character. It gives 0 or 1 as a byte and without branches, and
/// is a lambda, not a function: the compiler looks at many characters at once then.
template <typename IsOdd>
[[nodiscard]] bool has_none(std::string_view text, IsOdd is_odd) noexcept {
    return skip_blocks<128>(text, is_odd) && skip_blocks<16>(text, is_odd) &&
           skip_blocks<1>(text, is_odd);
}

}  // namespace livedub::wire
