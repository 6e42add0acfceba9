// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading what a server of this protocol sends: other implementations leave keys out, send floats
// for milliseconds and null for a number, and none of that is worth losing a result for. What
// cannot be used is as if it were not there.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "contract/fields.hpp"

namespace livedub::contract {

class PeerFields {
  public:
    /// @param object Outlives this; null, or no object: as if it had no keys.
    explicit PeerFields(nlohmann::json* object) : object_{object} {}

    [[nodiscard]] nlohmann::json* find(std::string_view key) const;
    [[nodiscard]] PeerFields object(std::string_view key) const { return PeerFields{find(key)}; }
    [[nodiscard]] bool is_there() const noexcept { return object_ != nullptr; }

    /// Strings are moved out.
    [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
    /// Rounds. Outside `range`: no value.
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, Range range = {}) const;
    [[nodiscard]] std::optional<int> small_integer(std::string_view key, int least, int most) const;
    [[nodiscard]] std::optional<double> number(std::string_view key) const;
    [[nodiscard]] std::optional<bool> flag(std::string_view key) const;
    /// An object's JSON text; empty: no value.
    [[nodiscard]] std::string json(std::string_view key) const;
    /// The members of an object that are whole numbers.
    [[nodiscard]] std::map<std::string, std::int64_t> counts(std::string_view key) const;

  private:
    nlohmann::json* object_;
};

}  // namespace livedub::contract
