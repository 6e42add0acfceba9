// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Looking at every character of a text that may be megabytes of base64.

#pragma once

#include <cstddef>
#include <string_view>

namespace livedub::wire {

/// How much of `text` goes before the first block in which `is_odd` is 1 for a character.
template <std::size_t Block, typename IsOdd>
[[nodiscard, gnu::always_inline]] inline std::size_t clean_blocks(std::string_view text,
                                                                  IsOdd is_odd) noexcept {
    std::size_t at = 0;
    for (; at + Block <= text.size(); at += Block) {
        const char* const block = text.data() + at;
        unsigned char found = 0;
        for (std::size_t i = 0; i < Block; ++i) {
            found = static_cast<unsigned char>(found | is_odd(block[i]));
        }
        if (found != 0) {
            break;
        }
    }
    return at;
}

template <typename IsOdd>
[[nodiscard, gnu::always_inline]] inline std::size_t clean_front_narrow(std::string_view text,
                                                                        IsOdd is_odd) noexcept {
    std::size_t at = clean_blocks<1'024>(text, is_odd);
    at += clean_blocks<16>(text.substr(at), is_odd);
    return at + clean_blocks<1>(text.substr(at), is_odd);
}

#if defined(__x86_64__)
/// The same in registers twice and four times as wide, which not every x86-64 has.
template <typename IsOdd>
[[nodiscard, gnu::target("avx2")]] std::size_t clean_front_wide(std::string_view text,
                                                                IsOdd is_odd) noexcept {
    return clean_front_narrow(text, is_odd);
}
template <typename IsOdd>
[[nodiscard, gnu::target("avx512bw,avx512vl")]] std::size_t clean_front_widest(
    std::string_view text, IsOdd is_odd) noexcept {
    return clean_front_narrow(text, is_odd);
}
#endif

/// How many characters go before the first for which `is_odd` is 1. It gives 0 or 1 as a byte and
/// without branches, and is a lambda, not a function: the compiler looks at many characters at once
/// then.
template <typename IsOdd>
[[nodiscard]] std::size_t clean_front(std::string_view text, IsOdd is_odd) noexcept {
#if defined(__x86_64__)
    if (static_cast<bool>(__builtin_cpu_supports("avx512bw")) &&
        static_cast<bool>(__builtin_cpu_supports("avx512vl"))) {
        return clean_front_widest(text, is_odd);
    }
    if (static_cast<bool>(__builtin_cpu_supports("avx2"))) {
        return clean_front_wide(text, is_odd);
    }
#endif
    return clean_front_narrow(text, is_odd);
}

template <typename IsOdd>
[[nodiscard]] bool has_none(std::string_view text, IsOdd is_odd) noexcept {
    return clean_front(text, is_odd) == text.size();
}

}  // namespace livedub::wire
