// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/peer_fields.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "contract/json_value.hpp"

namespace livedub::contract {

nlohmann::json* PeerFields::find(std::string_view key) const {
    return find_value(object_, key);
}

std::optional<std::string> PeerFields::text(std::string_view key) const {
    auto* const value = find(key);
    if (value == nullptr || !value->is_string()) {
        return std::nullopt;
    }
    return std::move(value->get_ref<std::string&>());
}

std::optional<std::int64_t> PeerFields::integer(std::string_view key, Range range) const {
    const auto* const value = find(key);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    auto whole = whole_number(*value);
    if (!whole && value->is_number_float()) {
        whole = whole_number(std::round(value->get<double>()));
    }
    return whole && *whole >= range.least && *whole <= range.most ? whole : std::nullopt;
}

std::optional<int> PeerFields::small_integer(std::string_view key, int least, int most) const {
    const auto value = integer(key, {.least = least, .most = most});
    return value ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

std::optional<double> PeerFields::number(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && value->is_number() ? std::optional{value->get<double>()}
                                                  : std::nullopt;
}

std::optional<bool> PeerFields::flag(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && value->is_boolean() ? std::optional{value->get<bool>()}
                                                   : std::nullopt;
}

std::string PeerFields::json(std::string_view key) const {
    const auto* const value = find(key);
    return value != nullptr && value->is_object() ? value->dump() : std::string{};
}

std::map<std::string, std::int64_t> PeerFields::counts(std::string_view key) const {
    std::map<std::string, std::int64_t> counts;
    const auto* const value = find(key);
    if (value == nullptr || !value->is_object()) {
        return counts;
    }
    for (const auto& [name, count] : value->items()) {
        if (const auto whole = whole_number(count)) {
            counts.emplace(name, *whole);
        }
    }
    return counts;
}

}  // namespace livedub::contract
