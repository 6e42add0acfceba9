// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/engine_request.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "http/query.hpp"

namespace livedub::sio {
namespace {

std::string_view message_of(EngineFailure failure) {
    switch (failure) {
        case EngineFailure::kUnknownTransport:
            return "Transport unknown";
        case EngineFailure::kUnknownSid:
            return "Session ID unknown";
        case EngineFailure::kBadMethod:
            return "Bad handshake method";
        case EngineFailure::kBadRequest:
            return "Bad request";
        case EngineFailure::kTooManyConnections:
            return "Too many connections";
        case EngineFailure::kBadVersion:
            return "Unsupported protocol version";
    }
    return "";
}

std::string_view without_slash(std::string_view path) {
    return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

/// Whether a page of this very server asks. The scheme does not count: a proxy may have taken TLS
/// away on the road.
bool is_own_origin(std::string_view origin, const http::Request& request) {
    constexpr std::string_view kAfterScheme = "://";
    const auto scheme_end = origin.find(kAfterScheme);
    const auto host = request.headers.find("host");
    const auto is_same_letter = [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    };
    return scheme_end != std::string_view::npos && host != request.headers.end() &&
           std::ranges::equal(origin.substr(scheme_end + kAfterScheme.size()), host->second,
                              is_same_letter);
}

}  // namespace

tl::expected<EngineRequest, EngineFailure> read_engine_request(
    const http::Request& request, RequestForm form,
    const std::function<bool(const std::string& sid)>& is_known) {
    const auto transport = http::query_value(request.query, "transport");
    const auto sid = http::query_value(request.query, "sid");
    const bool is_web_socket = transport == "websocket";
    if (!is_web_socket && transport != "polling") {
        return tl::unexpected{EngineFailure::kUnknownTransport};
    }
    if (!sid.empty() && !is_known(sid)) {
        return tl::unexpected{EngineFailure::kUnknownSid};
    }
    const bool is_post = request.method == "POST" && !sid.empty() && !is_web_socket;
    if (request.method != "GET" && !is_post) {
        return tl::unexpected{EngineFailure::kBadMethod};
    }
    if (is_web_socket != (form == RequestForm::kWebSocketUpgrade)) {
        return tl::unexpected{EngineFailure::kBadRequest};
    }
    if (sid.empty()) {
        if (http::query_value(request.query, "EIO") != "4") {
            return tl::unexpected{EngineFailure::kBadVersion};
        }
        return EngineRequest{
            .action = is_web_socket ? EngineAction::kOpenWebSocket : EngineAction::kOpenPolling,
            .sid = {}};
    }
    if (is_web_socket) {
        return EngineRequest{.action = EngineAction::kUpgrade, .sid = sid};
    }
    return EngineRequest{.action = is_post ? EngineAction::kPost : EngineAction::kPoll, .sid = sid};
}

http::Response engine_failure(EngineFailure failure) {
    return {.status = failure == EngineFailure::kTooManyConnections ? 503 : 400,
            .content_type = "application/json",
            .body = fmt::format(R"({{"code":{},"message":"{}"}})", static_cast<int>(failure),
                                message_of(failure))};
}

bool is_engine_path(std::string_view path, const std::vector<std::string>& paths) {
    return std::ranges::any_of(paths, [&](const std::string& known) {
        return without_slash(path) == without_slash(known);
    });
}

std::optional<HeaderList> cors_headers(const http::Request& request,
                                       const std::vector<std::string>& origins) {
    if (std::ranges::find(origins, "*") != origins.end()) {
        return HeaderList{{"Access-Control-Allow-Origin", "*"}};
    }
    const auto origin = request.headers.find("origin");
    if (origin == request.headers.end()) {
        return HeaderList{{"Vary", "Origin"}};
    }
    if (!is_own_origin(origin->second, request) &&
        std::ranges::find(origins, origin->second) == origins.end()) {
        return std::nullopt;
    }
    return HeaderList{{"Access-Control-Allow-Origin", origin->second}, {"Vary", "Origin"}};
}

http::Response preflight(const http::Request& request) {
    const auto asked = request.headers.find("access-control-request-headers");
    return {.status = 204,
            .content_type = "text/plain",
            .body = {},
            .headers = {{"Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
                        {"Access-Control-Allow-Headers",
                         asked == request.headers.end()
                             ? "Content-Type, Authorization, X-Stream-ID, X-Worker-ID"
                             : asked->second},
                        {"Access-Control-Max-Age", "600"}}};
}

}  // namespace livedub::sio
