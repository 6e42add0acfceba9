// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "hooks/access_asker.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/thread_name.hpp"
#include "http/client.hpp"
#include "telemetry/log.hpp"

namespace livedub::hooks {
namespace {

/// Several, so that one answer that takes its time does not hold up everybody.
constexpr int kThreads = 4;
constexpr std::chrono::seconds kOneQuestion{5};
constexpr int kFirstYes = 200;
constexpr int kBehindYes = 300;

}  // namespace

std::string to_json(const AccessQuestion& question) {
    const nlohmann::ordered_json json{{"user", question.user},
                                      {"password", question.password},
                                      {"token", ""},
                                      {"ip", question.ip},
                                      {"action", question.action},
                                      {"path", question.path},
                                      {"protocol", "rtmp"},
                                      {"id", question.id},
                                      {"query", question.query}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

AccessAsker::AccessAsker(std::string url) : url_{std::move(url)} {
    for (int i = 0; i < kThreads; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }
}

void AccessAsker::ask(AccessQuestion question, Answer answer) {
    const auto oldest =
        waiting_.push_evicting({.question = std::move(question), .answer = std::move(answer)});
    if (oldest) {
        oldest->answer(fail(ErrorCode::kUnavailable, "too many ask at once"));
    }
}

void AccessAsker::run(const std::stop_token& stop) {
    name_this_thread("dub-access");
    while (const auto next = waiting_.pop(stop)) {
        const auto answer = post(next->question, stop);
        if (stop.stop_requested()) {
            return;
        }
        next->answer(answer);
    }
}

Result<void> AccessAsker::post(const AccessQuestion& question, const std::stop_token& stop) const {
    const auto answer = http::fetch({.url = url_,
                                     .method = "POST",
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = to_json(question),
                                     .total_timeout = kOneQuestion},
                                    stop);
    if (!answer) {
        logger("hooks")->error("access_unknown path={} action={} error=\"{}\"", question.path,
                               question.action, answer.error().message());
        return fail(ErrorCode::kUnavailable, "whether you may cannot be found out now");
    }
    if (answer->status < kFirstYes || answer->status >= kBehindYes) {
        return fail(ErrorCode::kInvalidArgument, "not allowed");
    }
    return {};
}

}  // namespace livedub::hooks
