// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/hooks.hpp"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/uuid.hpp"
#include "contract/hook_event.hpp"
#include "http/router.hpp"
#include "telemetry/log.hpp"

namespace livedub::orchestrator {
namespace {

using contract::HookEvent;
using nlohmann::ordered_json;

std::string dumped(const ordered_json& document) {
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Takes as long for a wrong guess as for a right one of the same length.
bool is_equal_in_constant_time(std::string_view secret, std::string_view guess) {
    unsigned difference = secret.size() == guess.size() ? 0U : 1U;
    for (std::size_t i = 0; i < guess.size(); ++i) {
        const auto expected = static_cast<unsigned char>(secret[i % secret.size()]);
        difference |= static_cast<unsigned>(expected ^ static_cast<unsigned char>(guess[i]));
    }
    return difference == 0;
}

http::Response detail(int status, std::string_view text) {
    return http::json_response(status, dumped({{"detail", text}}));
}

http::Response received(const HookEvent& event, std::string_view action, std::string_view message) {
    return http::json_response(200, dumped({{"status", "received"},
                                            {"action", action},
                                            {"message", message},
                                            {"stream_id", event.stream_id},
                                            {"correlation_id", event.correlation_id}}));
}

http::Response skipped(const HookEvent& event) {
    return http::json_response(200, dumped({{"status", "skipped"},
                                            {"action", "skipped"},
                                            {"message", "an output is nothing to dub"},
                                            {"stream_id", event.stream_id},
                                            {"direction", contract::to_string(event.direction)},
                                            {"correlation_id", event.correlation_id}}));
}

}  // namespace

Hooks::Hooks(StreamTable& table, ServiceMetrics& metrics, const Clock& clock, std::string token)
    : table_{table}, metrics_{metrics}, clock_{clock}, token_{std::move(token)} {}

http::Response Hooks::on_ready(const http::Request& request) {
    return handle(Event::kReady, request);
}

http::Response Hooks::on_not_ready(const http::Request& request) {
    return handle(Event::kNotReady, request);
}

http::Response Hooks::handle(Event event, const http::Request& request) {
    const auto began = clock_.now();
    auto answered = answer(event, request);
    metrics_.count_hook(event == Event::kReady ? "ready" : "not_ready", answered.result,
                        clock_.now() - began);
    return std::move(answered.response);
}

Hooks::Answer Hooks::answer(Event event, const http::Request& request) {
    if (!is_authorized(request)) {
        auto refusal = detail(401, "a valid Bearer token is needed");
        refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
        return {std::move(refusal), "unauthorized"};
    }
    auto parsed = contract::parse_hook_event(request.body);
    if (!parsed) {
        return {http::json_response(422, contract::to_json(parsed.error())), "invalid"};
    }
    auto& hook = *parsed;
    if (hook.correlation_id.empty()) {
        hook.correlation_id = make_uuid4();
    }
    if (!contract::is_known_source_type(hook.source_type)) {
        logger("hooks")->warn("unknown_source_type stream={} type={}", hook.stream_id,
                              hook.source_type);
    }
    if (hook.direction == contract::Direction::kOut) {
        return {skipped(hook), "skipped"};
    }
    const auto query = hook.query.value_or("");
    const PublisherReport report{.path = hook.path,
                                 .query = query,
                                 .source_id = hook.source_id,
                                 .source_type = hook.source_type};
    const bool is_ready = event == Event::kReady;
    const auto result = is_ready ? table_.ready(report) : table_.not_ready(report);
    logger("hooks")->info("{} stream={} source={} correlation_id={}",
                          is_ready ? "ready" : "not_ready", hook.stream_id, hook.source_type,
                          hook.correlation_id);
    switch (result) {
        case ReportResult::kAccepted:
            break;
        case ReportResult::kIgnored:
            return {received(hook, "ignored", "another publisher is the current one"), "ignored"};
        case ReportResult::kRefused:
            return {detail(429, "as many streams as there may be are being dubbed"), "refused"};
    }
    return {is_ready ? received(hook, "worker_started", "the stream is being dubbed")
                     : received(hook, "worker_stopped", "the stream ends after its grace period"),
            "received"};
}

bool Hooks::is_authorized(const http::Request& request) const {
    if (token_.empty()) {
        return true;
    }
    constexpr std::string_view kScheme = "Bearer ";
    const auto header = request.headers.find("authorization");
    return header != request.headers.end() && header->second.starts_with(kScheme) &&
           is_equal_in_constant_time(token_,
                                     std::string_view{header->second}.substr(kScheme.size()));
}

}  // namespace livedub::orchestrator
