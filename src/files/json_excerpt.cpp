// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "files/json_excerpt.hpp"

#include <nlohmann/json.hpp>

namespace livedub::files {

std::string excerpt(const nlohmann::json& value) {
    constexpr std::size_t kMost = 40;
    if (value.is_object()) {
        return "an object";
    }
    if (value.is_array()) {
        return "an array";
    }
    if (!value.is_string()) {
        return value.dump();
    }
    return nlohmann::json(first_characters(value.get_ref<const std::string&>(), kMost)).dump();
}

std::string first_characters(std::string_view text, std::size_t most) {
    constexpr auto kNotFirst = 0x80U;  // what a byte begins with that no character begins with
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_first = (static_cast<unsigned char>(text[at]) & 0xC0U) != kNotFirst;
        if (is_first && characters++ == most) {
            return std::string{text.substr(0, at)} + "...";
        }
    }
    return std::string{text};
}

}  // namespace livedub::files
