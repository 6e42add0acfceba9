// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a JSON value is, in the words of the contract.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace livedub::contract {

/// The member of an object that is there and not null; else null.
[[nodiscard]] nlohmann::json* find_value(nlohmann::json* object, std::string_view key);

/// 6000 and 6000.0 are whole, true is not; a double must be within +-(2^53 - 1).
[[nodiscard]] std::optional<std::int64_t> whole_number(const nlohmann::json& value);

/// For a sentence: 5, "abc" (at most 40 characters of it), an object, an array.
[[nodiscard]] std::string excerpt(const nlohmann::json& value);

}  // namespace livedub::contract
