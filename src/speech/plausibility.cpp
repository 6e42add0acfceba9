// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/plausibility.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace livedub::speech {
namespace {

constexpr std::array<std::string_view, 14> kHesitations{
    "uh", "um", "ah", "oh", "eh", "er", "huh", "hm", "hmm", "mm", "mhm", "ha", "a", "the"};

constexpr double kMostWordsPerSecond = 7.0;    // an auctioneer; commentary stays below 5
constexpr double kFewestWordsPerSecond = 0.4;  // three seconds of "voice" and one word: a cheer

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

}  // namespace

bool is_plausible(const std::vector<Phrase>& words, StreamDuration speech_time) {
    std::map<std::string, std::size_t> counts;
    for (const auto& word : words) {
        ++counts[lower(word.text)];
    }
    const bool says_something = std::ranges::any_of(counts, [](const auto& entry) {
        return std::ranges::find(kHesitations, entry.first) == kHesitations.end();
    });
    if (!says_something) {
        return false;
    }
    const auto most =
        std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    if (most->second >= 4 && most->second * 10 > words.size() * 6) {
        return false;
    }
    const double seconds = std::chrono::duration<double>{speech_time}.count();
    const auto count = static_cast<double>(words.size());
    return count <= 2.0 + kMostWordsPerSecond * seconds && count >= kFewestWordsPerSecond * seconds;
}

}  // namespace livedub::speech
