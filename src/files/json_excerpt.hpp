// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A value of JSON as it may stand in an error.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace livedub::files {

/// For a sentence: 5, "abc" (at most 40 characters of it), an object, an array. What is in those is
/// not looked at: however deep they are nested, this takes no more of the stack.
///
/// @param value As it was parsed, so its texts are UTF-8. Any thread.
[[nodiscard]] std::string excerpt(const nlohmann::json& value);

/// The first `most` characters of valid UTF-8, followed by "..." when that is not all.
[[nodiscard]] std::string first_characters(std::string_view text, std::size_t most);

}  // namespace livedub::files
