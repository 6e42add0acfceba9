// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether bytes from a stranger are text.

#pragma once

#include <string_view>

namespace livedub::wire {

/// Whether `text` is valid UTF-8 (RFC 3629). Meant for megabytes that are mostly ASCII.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace livedub::wire
