// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/environment.hpp"

#include <array>
#include <chrono>
#include <random>
#include <string_view>

namespace livedub::sts_session {
namespace {

std::string make_uuid() {
    std::random_device source;
    std::array<std::uint32_t, 4> words{};
    for (auto& word : words) {
        word = source();
    }
    words[1] = (words[1] & 0xffff0fffU) | 0x00004000U;  // version 4
    words[2] = (words[2] & 0x3fffffffU) | 0x80000000U;  // variant 1
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
            text += '-';
        }
        text += kDigits[(words[nibble / 8] >> (28U - 4U * (nibble % 8))) & 0xfU];
    }
    return text;
}

}  // namespace

Environment make_environment(const Clock& clock) {
    return {.clock = clock,
            .unix_ms =
                [] {
                    return std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                        .count();
                },
            .make_uuid = make_uuid};
}

}  // namespace livedub::sts_session
