// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the '?' of a URL.

#pragma once

#include <string>

namespace livedub::http {

/// The value of `name` in a query ("page" in "page=2&itemsPerPage=5"), percent-decoded; empty when
/// it is not there.
[[nodiscard]] std::string query_value(const std::string& query, const std::string& name);

/// "a%2Fb+c" -> "a/b+c". Malformed escapes stay as they are.
[[nodiscard]] std::string percent_decode(const std::string& text);

}  // namespace livedub::http
