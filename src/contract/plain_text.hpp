// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Text as it may stand between JSON quotes, and pieces of text as they may stand in a message for a
// person.

#pragma once

#include <cstddef>
#include <string_view>

namespace livedub::contract {

/// Whether `text` means the same inside JSON quotes: printable ASCII, no quote, no backslash.
/// Base64 always is; meant for megabytes of it.
[[nodiscard]] bool is_plain(std::string_view text) noexcept;

/// How many characters (code points) `text` has; it is valid UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

}  // namespace livedub::contract
