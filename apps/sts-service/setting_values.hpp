// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Kinds of values that only sts-service has.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/settings_reader.hpp"
#include "config/settings.hpp"

namespace livedub {

/// "0.7"; must lie in the range.
void take_fraction(SettingsReader& reader, const config::Settings& settings,
                   const std::string& name, double least, double most, double& into);

/// A whole number that counts something.
void take_count(SettingsReader& reader, const config::Settings& settings, const std::string& name,
                int least, int most, std::size_t& into);

/// "a, b" -> "a", "b"; empty parts are left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace livedub
