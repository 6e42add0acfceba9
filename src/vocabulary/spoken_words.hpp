// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What signs and units are called in a language, as data.

#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace livedub::vocabulary {

/// Of one and of several.
struct Counted {
    std::string_view one;
    std::string_view many;
};

inline constexpr std::size_t kUnits = 14;
inline constexpr std::size_t kCurrencies = 3;

/// In the order in which spoken_words() has their names: how they are written after a number. One
/// that begins like another stands before it.
inline constexpr std::array<std::string_view, kUnits> kUnitSpellings{
    "km/h", "mph", "km", "cm", "mm", "m", "kg", "g", "lb", "ft", "yd", "min", "\u00B0C", "\u00B0F"};
inline constexpr std::array<std::string_view, kCurrencies> kCurrencySigns{"$", "\u20AC", "\u00A3"};

struct SpokenWords {
    std::string_view language;
    std::string_view and_word;
    std::string_view at_sign;
    std::string_view percent;
    std::string_view versus;
    std::string_view thousand;
    Counted million;
    Counted billion;                              // 10^9
    std::string_view of;                          // between millions and a currency; may be empty
    std::array<Counted, kCurrencies> currencies;  // dollar, euro, pound
    std::array<Counted, kUnits> units;
};

/// nullptr: of a language that we have none of.
[[nodiscard]] const SpokenWords* spoken_words(std::string_view language);

}  // namespace livedub::vocabulary
