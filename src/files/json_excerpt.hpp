// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A value of a JSON file as it may stand in an error.

#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace livedub::files {

/// For a sentence: 5, "abc" (at most 40 characters of it, as ASCII), an object, an array. What is
/// in those is not looked at: however deep a file nests them, this takes no more of the stack.
///
/// @param value As it was parsed, so its texts are UTF-8. Any thread.
[[nodiscard]] std::string excerpt(const nlohmann::json& value);

}  // namespace livedub::files
