// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds where JSON values end without building them, for texts of many megabytes. The structure is
// checked; what is between the quotes of a string is not looked into, and neither are words: true
// and 1.5 pass as NaN does, which some peers write. Whoever reads the value knows better.

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace livedub::wire {

/// The place of the first character at or after `at` that is not JSON white space.
[[nodiscard]] std::size_t skip_json_space(std::string_view text, std::size_t at);

/// The place of the quote that ends a string whose contents, or what is left of them after no
/// backslash, begin at `at`; npos when there is none.
[[nodiscard]] std::size_t find_closing_quote(std::string_view text, std::size_t at);

/// The place after the string that begins with the quote at `at`; nullopt when it does not end.
[[nodiscard]] std::optional<std::size_t> end_of_json_string(std::string_view text, std::size_t at);

/// The place after the value that begins at `at`, without white space before it; nullopt when there
/// is none. However deep it is: that costs a bit for each bracket not yet closed.
[[nodiscard]] std::optional<std::size_t> end_of_json_value(std::string_view text, std::size_t at);

}  // namespace livedub::wire
