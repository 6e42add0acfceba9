// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "http/service_pages.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/docs_style.hpp"

namespace livedub::http {
namespace {

using nlohmann::ordered_json;

std::string dump(const ordered_json& value, int indent) {
    return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

std::string lower(std::string_view text) {
    std::string lowered{text};
    std::ranges::transform(lowered, lowered.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lowered;
}

/// "get_v1_streams_id"
std::string operation_id(const Route& route) {
    std::string id = lower(route.method);
    bool is_word = false;
    for (const char c : route.path) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            id += is_word ? std::string{c} : std::string{'_', c};
            is_word = true;
        } else {
            is_word = false;
        }
    }
    return id;
}

ordered_json parameters(std::string_view path) {
    auto list = ordered_json::array();
    for (std::size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1)) {
        const auto close = std::min(path.find('}', open), path.size());
        list.push_back({{"name", path.substr(open + 1, close - open - 1)},
                        {"in", "path"},
                        {"required", true},
                        {"schema", {{"type", "string"}}}});
    }
    return list;
}

ordered_json operation(const Route& route) {
    ordered_json operation{{"summary", route.summary}, {"operationId", operation_id(route)}};
    if (auto list = parameters(route.path); !list.empty()) {
        operation["parameters"] = std::move(list);
    }
    if (!route.body_schema.empty()) {
        auto schema = ordered_json::parse(route.body_schema, nullptr, false);
        operation["requestBody"] = {
            {"required", true},
            {"content",
             {{"application/json",
               {{"schema", schema.is_object() ? std::move(schema) : ordered_json::object()}}}}}};
    }
    auto& responses = operation["responses"] = ordered_json::object();
    for (const auto& [status, meaning] : route.answers) {
        responses[std::to_string(status)] = {{"description", meaning}};
    }
    return operation;
}

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

/// A member that is a string, as HTML; empty when it is not there.
std::string text_of(const ordered_json& object, const char* key) {
    return object.is_object() ? escaped(object.value(key, "")) : "";
}

std::string details(const ordered_json& operation) {
    std::string html;
    if (const auto body = operation.find("requestBody"); body != operation.end()) {
        html += "<h3>Request body</h3><pre>" +
                escaped(dump((*body)["content"]["application/json"]["schema"], 2)) + "</pre>";
    }
    html += "<h3>Answers</h3><table>";
    for (const auto& [status, answer] : operation["responses"].items()) {
        html += fmt::format("<tr><td><b>{}</b></td><td>{}</td></tr>", escaped(status),
                            text_of(answer, "description"));
    }
    return html + "</table>";
}

std::string section(const std::string& path, const std::string& method,
                    const ordered_json& operation) {
    return fmt::format(
        "<details><summary><span class=\"method {}\">{}</span> <code>{}</code> <span>{}</span>"
        "</summary><div>{}</div></details>\n",
        escaped(method), escaped(method), escaped(path), text_of(operation, "summary"),
        details(operation));
}

}  // namespace

std::string openapi_json(std::string_view title, std::string_view version,
                         std::span<const Route> routes) {
    ordered_json document{{"openapi", "3.0.3"},
                          {"info", {{"title", title}, {"version", version}}},
                          {"paths", ordered_json::object()}};
    for (const auto& route : routes) {
        if (!route.summary.empty()) {
            document["paths"][route.path][lower(route.method)] = operation(route);
        }
    }
    return dump(document, -1);
}

std::string docs_page(std::string_view title, std::string_view openapi) {
    auto document = ordered_json::parse(openapi, nullptr, false);
    if (!document.is_object()) {
        document = ordered_json::object();
    }
    std::string sections;
    for (const auto& [path, methods] : document["paths"].items()) {
        for (const auto& [method, operation] : methods.items()) {
            sections += section(path, method, operation);
        }
    }
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
        "<header><h1>{0}</h1><p>Version {2}. This api as an OpenAPI (swagger) document: "
        "<a href=\"/openapi.json\">/openapi.json</a></p></header>\n<main>\n{3}</main>\n"
        "</body>\n</html>\n",
        escaped(title), kDocsStyle, text_of(document["info"], "version"), sections);
}

std::vector<Route> with_service_pages(std::string_view title, std::string_view version,
                                      std::vector<Route> routes) {
    const std::string openapi = openapi_json(title, version, routes);
    const std::string page = docs_page(title, openapi);
    routes.push_back({"GET", "/openapi.json",
                      [openapi](const Request&) { return json_response(200, openapi); }});
    routes.push_back({"GET", "/docs", [page](const Request&) {
                          return Response{.content_type = "text/html; charset=utf-8", .body = page};
                      }});
    return routes;
}

}  // namespace livedub::http
