// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/router.hpp"

#include <algorithm>
#include <optional>

namespace livedub::http {
namespace {

std::string_view without_trailing_slash(std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

bool is_placeholder(std::string_view segment) {
    return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

/// Takes the first segment off `rest`; nullopt when there is none left.
std::optional<std::string_view> next_segment(std::string_view& rest) {
    if (!rest.starts_with('/')) {
        return std::nullopt;
    }
    const std::size_t end = std::min(rest.find('/', 1), rest.size());
    const auto segment = rest.substr(1, end - 1);
    rest.remove_prefix(end);
    return segment;
}

/// Calls `visit(name, segment)` for each placeholder, when the path fits the pattern.
template <typename Visit>
bool fits(std::string_view pattern, std::string_view path, const Visit& visit) {
    pattern = without_trailing_slash(pattern);
    path = without_trailing_slash(path);
    for (;;) {
        const auto wanted = next_segment(pattern);
        const auto segment = next_segment(path);
        if (!wanted || !segment) {
            return !wanted && !segment && pattern.empty() && path.empty();
        }
        if (is_placeholder(*wanted) && !segment->empty()) {
            visit(wanted->substr(1, wanted->size() - 2), *segment);
        } else if (*wanted != *segment) {
            return false;
        }
    }
}

bool fits(std::string_view pattern, std::string_view path) {
    return fits(pattern, path, [](std::string_view, std::string_view) {});
}

void add_method(std::string& allow, std::string_view method) {
    allow += allow.empty() ? "" : ", ";
    allow += method;
}

Response answer(const std::vector<Route>& routes, const Request& request) {
    const std::string method = request.method == "HEAD" ? "GET" : request.method;
    std::string allow;
    for (const auto& route : routes) {
        if (!fits(route.path, request.path)) {
            continue;
        }
        if (route.method == method) {
            return route.handler(request);
        }
        add_method(allow, route.method);
        if (route.method == "GET") {
            add_method(allow, "HEAD");
        }
    }
    if (allow.empty()) {
        return json_response(404, R"({"detail":"Not Found"})");
    }
    auto refusal = json_response(405, R"({"detail":"Method Not Allowed"})");
    refusal.headers.emplace_back("Allow", allow);
    return refusal;
}

}  // namespace

Handler route(std::vector<Route> routes) {
    return [routes = std::move(routes)](const Request& request) { return answer(routes, request); };
}

std::string path_value(std::string_view pattern, std::string_view path, std::string_view name) {
    std::string_view value;
    const bool do_fit =
        fits(pattern, path, [&](std::string_view placeholder, std::string_view segment) {
            if (placeholder == name) {
                value = segment;
            }
        });
    return do_fit ? percent_decode(std::string{value}) : std::string{};
}

Response json_response(int status, std::string body) {
    return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

}  // namespace livedub::http
