// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a service says about its own HTTP API: an OpenAPI document, and a page for people made of
// it. The page needs nothing from elsewhere.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.hpp"

namespace livedub::http {

/// OpenAPI 3.0, the routes in their order.
[[nodiscard]] std::string openapi_json(std::string_view title, std::string_view version,
                                       std::span<const Route> routes);

/// HTML that lists what `openapi` (made by openapi_json) has.
[[nodiscard]] std::string docs_page(std::string_view title, std::string_view openapi);

/// The routes, and GET /openapi.json and GET /docs about them.
[[nodiscard]] std::vector<Route> with_service_pages(std::string_view title,
                                                    std::string_view version,
                                                    std::vector<Route> routes);

}  // namespace livedub::http
