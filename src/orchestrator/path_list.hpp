// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the media server's API says of its paths: GET /v3/paths/list, a page at a time.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::orchestrator {

/// A path live/<id>/in that has a publisher.
struct ListedInput {
    std::string path;
    std::string source_type;
    std::string source_id;             // empty: the server has none
    std::optional<std::string> query;  // nullopt: the server does not say here
};

struct PathPage {
    std::vector<ListedInput> inputs;
    std::size_t page_count = 0;
};

/// Errors: kProtocol when it is not such a page. Entries that make no sense are left out.
[[nodiscard]] Result<PathPage> parse_path_page(std::string_view json);

/// Where the API describes one publisher: "/v3/rtmpconns/get/<id>"; empty when it has no such
/// place.
[[nodiscard]] std::string publisher_page(std::string_view source_type, std::string_view source_id);

/// The "query" of such a description; nullopt when it has none.
[[nodiscard]] std::optional<std::string> parse_publisher_query(std::string_view json);

}  // namespace livedub::orchestrator
