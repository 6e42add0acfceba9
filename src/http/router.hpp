// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which handler answers which method and path, written as a table.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"

namespace livedub::http {

struct Route {
    std::string method;  // "GET"; HEAD comes with it
    std::string path;    // "/v1/streams/{id}": {name} stands for one segment, whatever it is
    Handler handler;

    // For the documents only (service_pages.hpp).
    std::string summary{};      // empty: the documents do not mention the route
    std::string body_schema{};  // JSON schema of the request's body, as text; empty: no body
    std::vector<std::pair<int, std::string>> answers{{200, "OK"}};  // status and what it says
};

/// The first route that fits answers; a slash at the end of the path does not matter. Others are
/// answered {"detail":"Not Found"} or, with an Allow header, {"detail":"Method Not Allowed"}.
[[nodiscard]] Handler route(std::vector<Route> routes);

/// The segment of `path` that stands where `pattern` has {name}, percent-decoded; empty when they
/// do not fit together. For the handlers of such routes.
[[nodiscard]] std::string path_value(std::string_view pattern, std::string_view path,
                                     std::string_view name);

/// `body` is JSON text.
[[nodiscard]] Response json_response(int status, std::string body);

}  // namespace livedub::http
