// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "service_state.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "http/service_pages.hpp"
#include "sts_session/sts_metrics.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/process_metrics.hpp"

namespace livedub {
namespace {

using Json = nlohmann::ordered_json;
using Phase = ServiceState::Phase;

constexpr int kOk = 200;
constexpr int kUnavailable = 503;

Json named_or_null(const std::string& name) {
    return name.empty() ? Json() : Json(name);
}

http::Response health(const ServiceState& state) {
    const bool is_starting = state.phase() == Phase::kStarting;
    return http::json_response(
        is_starting ? kUnavailable : kOk,
        Json{{"status", is_starting ? "starting" : "healthy"}, {"service", state.service()}}
            .dump());
}

http::Response ready(const ServiceState& state) {
    if (state.phase() != Phase::kReady) {
        const bool is_starting = state.phase() == Phase::kStarting;
        return http::json_response(
            kUnavailable, Json{{"status", "not_ready"},
                               {"models_loaded", state.has_models()},
                               {"reason", is_starting ? "models are loading" : "shutting down"}}
                              .dump());
    }
    const auto& engines = state.engines();
    return http::json_response(kOk, Json{{"status", "ready"},
                                         {"models_loaded", true},
                                         {"mode", state.is_echo() ? "echo" : "full"},
                                         {"asr_model", named_or_null(engines.recogniser)},
                                         {"translation_model", named_or_null(engines.translator)},
                                         {"tts_model", named_or_null(engines.synthesizer)}}
                                        .dump());
}

}  // namespace

http::Handler make_sts_pages(const ServiceState& state, const prometheus::Registry& registry) {
    std::vector<http::Route> routes;
    const auto add = [&routes](std::string path, std::string summary, http::Handler handler,
                               bool may_refuse = false) {
        http::Route route{.method = "GET",
                          .path = std::move(path),
                          .handler = std::move(handler),
                          .summary = std::move(summary)};
        if (may_refuse) {
            route.answers.emplace_back(kUnavailable, "Not yet, or not any more");
        }
        routes.push_back(std::move(route));
    };
    add(
        "/health", "Whether the service works", [&state](const auto&) { return health(state); },
        true);
    add(
        "/ready", "Whether streams can begin, and by which engines they are dubbed",
        [&state](const auto&) { return ready(state); }, true);
    add("/live", "Whether the process lives",
        [](const auto&) { return http::json_response(kOk, R"({"status":"alive"})"); });
    add("/metrics", "Prometheus text", [&registry](const auto&) {
        auto families = registry.Collect();
        std::ranges::move(ProcessMetrics{}.Collect(), std::back_inserter(families));
        return http::Response{.content_type = kMetricsContentType,
                              .body = expose(families, sts_session::StsMetrics::heads())};
    });
    add("/", "What this is", [&state](const auto&) {
        return http::json_response(kOk, Json{{"service", state.service()},
                                             {"version", LIVEDUB_VERSION},
                                             {"socketio", {"/socket.io/", "/ws/sts/"}},
                                             {"docs", "/docs"}}
                                            .dump());
    });
    return http::route(
        http::with_service_pages("STS Service API", LIVEDUB_VERSION, std::move(routes)));
}

}  // namespace livedub
