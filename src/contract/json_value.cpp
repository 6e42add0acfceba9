// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/json_value.hpp"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "contract/fields.hpp"

namespace livedub::contract {

nlohmann::json* find_value(nlohmann::json* object, std::string_view key) {
    if (object == nullptr || !object->is_object()) {
        return nullptr;
    }
    const auto found = object->find(key);
    return found == object->end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int64_t> whole_number(const nlohmann::json& value) {
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return std::nullopt;
        }
        return static_cast<std::int64_t>(number);
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number_float()) {
        constexpr double kBeyond = 9'223'372'036'854'775'808.0;  // 2^63
        const auto number = value.get<double>();
        if (number >= -kBeyond && number < kBeyond && number == std::trunc(number)) {
            return static_cast<std::int64_t>(number);
        }
    }
    return std::nullopt;
}

bool is_placeholder(const nlohmann::json& value) {
    if (!value.is_object()) {
        return false;
    }
    const auto mark = value.find("_placeholder");
    return mark != value.end() && mark->is_boolean() && mark->get<bool>();
}

std::string* find_attachment(const nlohmann::json& value, std::span<std::string> attachments) {
    if (!is_placeholder(value)) {
        return nullptr;
    }
    const auto number = value.find("num");
    const auto index = number == value.end() ? std::nullopt : whole_number(*number);
    if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= attachments.size()) {
        return nullptr;
    }
    return &attachments[static_cast<std::size_t>(*index)];
}

}  // namespace livedub::contract
