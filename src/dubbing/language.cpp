// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "dubbing/language.hpp"

#include <algorithm>
#include <cctype>

namespace livedub {

std::string lower_tag(std::string_view tag) {
    std::string lower{tag};
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

bool is_same_language(std::string_view one, std::string_view other) {
    return lower_tag(one.substr(0, one.find('-'))) == lower_tag(other.substr(0, other.find('-')));
}

}  // namespace livedub
