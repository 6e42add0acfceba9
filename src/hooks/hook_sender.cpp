// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "hooks/hook_sender.hpp"

#include <chrono>
#include <condition_variable>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/mutex.hpp"
#include "base/thread_name.hpp"
#include "http/client.hpp"
#include "telemetry/log.hpp"

namespace livedub::hooks {
namespace {

using std::chrono::seconds;

constexpr int kAttempts = 3;
constexpr seconds kBetweenAttempts{1};
constexpr seconds kOneAttempt{5};

/// @return False as soon as `stop` fires.
bool pause(std::chrono::milliseconds length, const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any never;
    const MutexLock lock{mutex};
    never.wait_for(mutex, stop, length, [] { return false; });
    return !stop.stop_requested();
}

std::string_view event_name(const SourceChange& change) {
    return change.is_ready ? "ready" : "not-ready";
}

}  // namespace

std::string to_json(const SourceChange& change) {
    nlohmann::ordered_json json{
        {"path", change.path}, {"sourceType", change.source_type}, {"sourceId", change.source_id}};
    if (!change.query.empty()) {
        json["query"] = change.query;
    }
    // A publisher chooses path and query; bytes that are no UTF-8 are shown as such, not refused.
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

HookSender::HookSender(std::string_view orchestrator, std::string token)
    : base_url_{orchestrator.ends_with('/') ? orchestrator.substr(0, orchestrator.size() - 1)
                                            : orchestrator},
      token_{std::move(token)},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

void HookSender::send(SourceChange change) {
    if (const auto lost = waiting_.push_evicting(std::move(change))) {
        logger("hooks")->error("hook_dropped path={} event={}", lost->path, event_name(*lost));
    }
}

void HookSender::run(const std::stop_token& stop) {
    name_this_thread("dub-hooks");
    while (const auto change = waiting_.pop(stop)) {
        for (int attempt = 1; attempt <= kAttempts; ++attempt) {
            const auto posted = post(*change, stop);
            if (posted || stop.stop_requested()) {
                break;
            }
            logger("hooks")->warn("hook_failed path={} event={} attempt={} error=\"{}\"",
                                  change->path, event_name(*change), attempt,
                                  posted.error().message());
            if (attempt < kAttempts && !pause(kBetweenAttempts, stop)) {
                return;
            }
        }
    }
}

Result<void> HookSender::post(const SourceChange& change, const std::stop_token& stop) const {
    http::FetchRequest request{
        .url = fmt::format("{}/v1/mediamtx/events/{}", base_url_, event_name(change)),
        .method = "POST",
        .headers = {{"Content-Type", "application/json"}},
        .body = to_json(change),
        .total_timeout = kOneAttempt};
    if (!token_.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + token_);
    }
    const auto answer = http::fetch(request, stop);
    if (!answer) {
        return tl::unexpected{answer.error()};
    }
    if (answer->status != 200) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} answered {}", http::shown_url(request.url), answer->status));
    }
    return {};
}

}  // namespace livedub::hooks
