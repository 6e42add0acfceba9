// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/query.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace livedub::http {

std::string percent_decode(const std::string& text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            const char* const end = text.data() + i + 3;
            const auto [stopped, error] = std::from_chars(text.data() + i + 1, end, value, 16);
            if (error == std::errc{} && stopped == end) {
                decoded.push_back(static_cast<char>(value));
                i += 2;
                continue;
            }
        }
        decoded.push_back(text[i]);
    }
    return decoded;
}

std::string query_value(const std::string& query, const std::string& name) {
    std::string_view rest{query};
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name) {
            return percent_decode(std::string{pair.substr(std::min(equals + 1, pair.size()))});
        }
    }
    return {};
}

}  // namespace livedub::http
