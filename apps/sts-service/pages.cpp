// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "pages.hpp"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "http/router.hpp"
#include "http/service_pages.hpp"
#include "sts_session/sts_metrics.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/process_metrics.hpp"

namespace livedub {
namespace {

using nlohmann::ordered_json;
using Phase = ServiceState::Phase;

constexpr const char* kTitle = "STS Service API";

http::Response answer(int status, const ordered_json& body) {
    return http::json_response(status, body.dump());
}

http::Response health(const char* service, const ServiceState& state) {
    const bool is_starting = state.phase() == Phase::kStarting;
    return answer(is_starting ? 503 : 200,
                  {{"status", is_starting ? "starting" : "healthy"}, {"service", service}});
}

http::Response ready(ServiceMode mode, const ServiceState& state) {
    const auto phase = state.phase();
    if (phase != Phase::kReady) {
        const bool is_ending = phase == Phase::kEnding;
        return answer(503, {{"status", "not_ready"},
                            {"models_loaded", is_ending},
                            {"reason", is_ending ? "shutting down" : "models are loading"}});
    }
    const auto engines = state.engines();
    return answer(200, {{"status", "ready"},
                        {"models_loaded", true},
                        {"mode", mode == ServiceMode::kEcho ? "echo" : "full"},
                        {"asr_model", engines.recogniser},
                        {"translation_model", engines.translator},
                        {"tts_model", engines.synthesizer}});
}

http::Response metrics(const prometheus::Registry& registry) {
    auto families = registry.Collect();
    for (auto& family : ProcessMetrics{}.Collect()) {
        families.push_back(std::move(family));
    }
    return {.status = 200,
            .content_type = kMetricsContentType,
            .body = expose(families, sts_session::StsMetrics::heads())};
}

}  // namespace

http::Handler make_pages(ServiceMode mode, const ServiceState& state,
                         const prometheus::Registry& registry) {
    const auto* const service = mode == ServiceMode::kEcho ? "echo-sts" : "full-sts-service";
    std::vector<http::Route> routes{
        {.method = "GET",
         .path = "/",
         .handler =
             [service, mode](const http::Request&) {
                 return answer(200, {{"service", service},
                                     {"version", LIVEDUB_VERSION},
                                     {"status", "running"},
                                     {"mode", mode == ServiceMode::kEcho ? "echo" : "full"},
                                     {"socketio_paths", {"/socket.io/", "/ws/sts/"}}});
             },
         .summary = "What this service is"},
        {.method = "GET",
         .path = "/health",
         .handler = [service, &state](const http::Request&) { return health(service, state); },
         .summary = "Whether it works",
         .answers = {{200, "It does"}, {503, "The models are loading"}}},
        {.method = "GET",
         .path = "/ready",
         .handler = [mode, &state](const http::Request&) { return ready(mode, state); },
         .summary = "Whether streams can begin at once, and with which engines",
         .answers = {{200, "They can"}, {503, "The models are loading, or it is shutting down"}}},
        {.method = "GET",
         .path = "/live",
         .handler =
             [](const http::Request&) {
                 return answer(200, {{"status", "alive"}});
             },
         .summary = "Whether the process lives"},
        {.method = "GET",
         .path = "/metrics",
         .handler = [&registry](const http::Request&) { return metrics(registry); },
         .summary = "Numbers in the Prometheus text format"},
    };
    return http::route(http::with_service_pages(kTitle, LIVEDUB_VERSION, std::move(routes)));
}

}  // namespace livedub
