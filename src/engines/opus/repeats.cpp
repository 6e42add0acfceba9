// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/opus/repeats.hpp"

#include <algorithm>

namespace livedub::opus {
namespace {

constexpr std::size_t kLongestStretch = 8;

}  // namespace

std::size_t repeats_at_end(std::span<const TokenId> tokens) {
    std::size_t most = std::min<std::size_t>(tokens.size(), 1);
    for (std::size_t length = 1; length <= std::min(kLongestStretch, tokens.size() / 2); ++length) {
        const auto stretch = tokens.last(length);
        std::size_t times = 1;
        while ((times + 1) * length <= tokens.size() &&
               std::ranges::equal(stretch,
                                  tokens.subspan(tokens.size() - (times + 1) * length, length))) {
            ++times;
        }
        most = std::max(most, times);
    }
    return most;
}

std::size_t most_repeats(std::span<const TokenId> tokens) {
    std::size_t most = 0;
    for (std::size_t size = 1; size <= tokens.size(); ++size) {
        most = std::max(most, repeats_at_end(tokens.first(size)));
    }
    return most;
}

}  // namespace livedub::opus
