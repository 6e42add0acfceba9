// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Base64 with the standard alphabet and padding (RFC 4648, section 4), strict: what is not of that
// form is an error, never skipped.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::wire {

[[nodiscard]] std::string encode_base64(std::string_view bytes);

/// Errors: kProtocol, naming the place of the first character that does not belong.
[[nodiscard]] Result<std::string> decode_base64(std::string_view text);

/// Whether decode_base64() would take it.
[[nodiscard]] bool is_base64(std::string_view text);

/// How many letters of the alphabet, padding not among them, `text` begins with.
[[nodiscard]] std::size_t count_base64_letters(std::string_view text) noexcept;

}  // namespace livedub::wire
