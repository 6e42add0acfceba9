// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/reconciler.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include <fmt/format.h>

#include "base/mutex.hpp"
#include "base/thread_name.hpp"
#include "http/client.hpp"
#include "telemetry/log.hpp"

namespace livedub::orchestrator {
namespace {

constexpr std::size_t kItemsPerPage = 100;
constexpr std::size_t kMostPages = 100;
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;
constexpr std::chrono::seconds kPatience{3};
constexpr int kOk = 200;

}  // namespace

Reconciler::Reconciler(std::string api_url, StreamTable& table, Fetch fetch,
                       std::chrono::milliseconds period)
    : table_{table},
      api_url_{std::move(api_url)},
      fetch_{std::move(fetch)},
      period_{period},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

void Reconciler::run(const std::stop_token& stop) {
    name_this_thread("dub-poll");
    Mutex mutex;
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
        if (const auto polled = poll(stop); !stop.stop_requested()) {
            note(polled);
        }
        const MutexLock lock{mutex};
        never.wait_for(mutex, stop, period_, [] { return false; });
    }
}

Result<void> Reconciler::poll(const std::stop_token& stop) {
    std::size_t pages = 1;
    for (std::size_t page = 0; page < pages && !stop.stop_requested(); ++page) {
        const auto body = fetch_(
            fmt::format("{}/v3/paths/list?page={}&itemsPerPage={}", api_url_, page, kItemsPerPage),
            stop);
        if (!body) {
            return tl::unexpected{body.error()};
        }
        const auto list = parse_path_page(*body);
        if (!list) {
            return tl::unexpected{list.error()};
        }
        pages = std::min(list->page_count, kMostPages);
        for (const auto& input : list->inputs) {
            report(input, stop);
        }
    }
    return {};
}

void Reconciler::report(const ListedInput& input, const std::stop_token& stop) {
    PublisherReport report{.path = input.path,
                           .query = {},
                           .source_id = input.source_id,
                           .source_type = input.source_type};
    if (!table_.is_missing(report)) {
        return;
    }
    const auto query = query_of(input, stop);
    report.query = query;
    if (table_.listed(report) == ReportResult::kAccepted) {
        logger("hooks")->info("missing_stream_found stream={}", input_stream_id(input.path));
    }
}

std::string Reconciler::query_of(const ListedInput& input, const std::stop_token& stop) {
    if (input.query) {
        return *input.query;
    }
    const auto page = publisher_page(input.source_type, input.source_id);
    if (page.empty()) {
        return {};
    }
    const auto body = fetch_(api_url_ + page, stop);
    return body ? parse_publisher_query(*body).value_or("") : std::string{};
}

/// A media server that is away stays away for many polls: said once, and once when it is back.
void Reconciler::note(const Result<void>& polled) {
    const auto problem = polled ? std::string{} : polled.error().message();
    if (problem.empty() != problem_.empty()) {
        if (polled) {
            logger("hooks")->info("media_server_api_back");
        } else {
            logger("hooks")->warn("media_server_api_away error=\"{}\"", problem);
        }
    }
    problem_ = problem;
}

Reconciler::Fetch fetch_over_http() {
    return [](const std::string& url, const std::stop_token& stop) -> Result<std::string> {
        http::FetchRequest request{.url = url};
        request.connect_timeout = kPatience;
        request.total_timeout = kPatience;
        request.max_bytes = kMostBytes;
        auto page = http::fetch(request, stop);
        if (!page) {
            return tl::unexpected{page.error()};
        }
        if (page->status != kOk) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("{} answered {}", http::shown_url(url), page->status));
        }
        return std::move(page->body);
    };
}

}  // namespace livedub::orchestrator
