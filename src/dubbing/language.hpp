// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Language tags (BCP-47), as far as anybody here looks into them.

#pragma once

#include <string>
#include <string_view>

namespace livedub {

/// Tags are the same in whatever case they are written: "pt-BR" -> "pt-br".
[[nodiscard]] std::string lower_tag(std::string_view tag);

/// True when both tags name the same primary language ("en" and "EN-us").
[[nodiscard]] bool is_same_language(std::string_view one, std::string_view other);

}  // namespace livedub
