// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/media_pages.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "http/router.hpp"
#include "http/service_pages.hpp"
#include "orchestrator/stream_pages.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::orchestrator {
namespace {

using http::json_response;
using http::Request;
using http::Response;
using http::Route;
using nlohmann::ordered_json;

constexpr const char* kTitle = "Media Service API";
constexpr const char* kStreamPath = "/v1/streams/{id}";

/// A hook's body, for the documents.
constexpr const char* kHookSchema = R"({"type":"object","required":["path","sourceType","sourceId"],
"properties":{"path":{"type":"string","pattern":"^live/[a-zA-Z0-9_-]{1,128}/(in|out)$"},
"sourceType":{"type":"string"},"sourceId":{"type":"string"},
"query":{"type":"string","nullable":true},"timestamp":{"type":"string"},
"correlation_id":{"type":"string"}}})";

Route hook_route(std::string path, std::string summary, http::Handler handler) {
    return {.method = "POST",
            .path = std::move(path),
            .handler = std::move(handler),
            .summary = std::move(summary),
            .body_schema = kHookSchema,
            .answers = {{200, "Taken, skipped or ignored; \"action\" says which"},
                        {401, "No valid token"},
                        {422, "Not a hook of this shape"},
                        {429, "As many streams as there may be"}}};
}

Response ready_page(const std::atomic<bool>& is_stopping, const MediaSources& sources) {
    const auto problem = is_stopping ? std::string{"shutting down"} : sources.storage_problem();
    ordered_json body{{"status", problem.empty() ? "ready" : "not_ready"}};
    if (!problem.empty()) {
        body["reason"] = problem;
    }
    body["sts"] = ordered_json::parse(sources.sts_json(), nullptr, false);
    return json_response(problem.empty() ? 200 : 503, body.dump());
}

Response metrics_page(const MediaSources& sources) {
    if (!sources.metrics) {
        return json_response(404, R"({"detail":"Not Found"})");
    }
    return {.content_type = kMetricsContentType, .body = sources.metrics()};
}

Response stream_page(const StreamTable& table, const Request& request) {
    const auto stream = table.stream(http::path_value(kStreamPath, request.path, "id"));
    return stream ? json_response(200, stream_json(*stream))
                  : json_response(404, R"({"detail":"no such stream"})");
}

}  // namespace

http::Handler make_media_pages(Hooks& hooks, const StreamTable& table,
                               const std::atomic<bool>& is_stopping, std::string version,
                               MediaSources sources) {
    const auto on_ready = [&hooks](const Request& request) { return hooks.on_ready(request); };
    const auto on_not_ready = [&hooks](const Request& request) {
        return hooks.on_not_ready(request);
    };
    const auto about = ordered_json{
        {"service", "stream-orchestration"},
        {"version", version},
        {"status",
         "running"}}.dump();
    std::vector<Route> routes{
        hook_route("/v1/mediamtx/events/ready", "A path has a publisher", on_ready),
        hook_route("/v1/mediamtx/events/not-ready", "A path has lost its publisher", on_not_ready),
        hook_route("/hooks/mediamtx/on-ready", "As /v1/mediamtx/events/ready", on_ready),
        hook_route("/hooks/mediamtx/on-not-ready", "As /v1/mediamtx/events/not-ready",
                   on_not_ready),
        {.method = "GET",
         .path = "/health",
         .handler =
             [](const Request&) {
                 return json_response(200, R"({"status":"ok","service":"media-service"})");
             },
         .summary = "The process lives"},
        {.method = "GET",
         .path = "/ready",
         .handler = [&is_stopping,
                     sources](const Request&) { return ready_page(is_stopping, sources); },
         .summary = "Streams can be taken",
         .answers = {{200, "Ready"}, {503, "Not ready, with the reason"}}},
        {.method = "GET",
         .path = "/metrics",
         .handler = [sources](const Request&) { return metrics_page(sources); },
         .summary = "Prometheus text",
         .answers = {{200, "The metrics"}, {404, "They are switched off"}}},
        {.method = "GET",
         .path = "/v1/streams",
         .handler =
             [&table](const Request&) { return json_response(200, streams_json(table.streams())); },
         .summary = "All streams: state, options, counters, last error, lag"},
        {.method = "GET",
         .path = kStreamPath,
         .handler = [&table](const Request& request) { return stream_page(table, request); },
         .summary = "One stream",
         .answers = {{200, "The stream"}, {404, "No such stream"}}},
        {.method = "GET",
         .path = "/",
         .handler = [about](const Request&) { return json_response(200, about); },
         .summary = "What this is"},
    };
    return http::route(http::with_service_pages(kTitle, version, std::move(routes)));
}

}  // namespace livedub::orchestrator
