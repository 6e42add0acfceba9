// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a JSON value is, in the words of the contract.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace livedub::contract {

/// The member of an object that is there and not null; else null.
[[nodiscard]] nlohmann::json* find_value(nlohmann::json* object, std::string_view key);

/// 6000, 6000.0 and 1.7e18 are whole, true is not.
[[nodiscard]] std::optional<std::int64_t> whole_number(const nlohmann::json& value);

/// {"_placeholder": true, "num": n}: stands for the n-th attachment of a Socket.IO packet.
[[nodiscard]] bool is_placeholder(const nlohmann::json& value);
/// Null when `value` is no placeholder or there is no such attachment.
[[nodiscard]] std::string* find_attachment(const nlohmann::json& value,
                                           std::span<std::string> attachments);

}  // namespace livedub::contract
