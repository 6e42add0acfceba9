// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks the media server now and then which inputs it has, and reports those that nobody told us of:
// hooks get lost, and a program that was started in the middle of a stream never got them.

#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "media_session/stream_table.hpp"
#include "orchestrator/path_list.hpp"

namespace livedub::orchestrator {

class Reconciler {
  public:
    /// The body of a GET that was answered with 200. Blocks; notices the stop token.
    using Fetch =
        std::function<Result<std::string>(const std::string& url, const std::stop_token&)>;

    /// Begins at once, then every `period`. @param api_url "http://mediamtx:9997". `table` outlives
    /// it.
    Reconciler(std::string api_url, StreamTable& table, Fetch fetch,
               std::chrono::milliseconds period = std::chrono::seconds{10});

  private:
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<void> poll(const std::stop_token& stop);
    void report(const ListedInput& input, const std::stop_token& stop);
    [[nodiscard]] std::string query_of(const ListedInput& input, const std::stop_token& stop);
    void note(const Result<void>& polled);

    // Given at construction; outlives this.
    StreamTable& table_;

    // Constant after construction.
    const std::string api_url_;
    const Fetch fetch_;
    const std::chrono::milliseconds period_;

    // Only the thread touches these.
    std::string problem_;  // the last one logged; empty: all is well

    // Last, so that it is joined first.
    std::jthread thread_;
};

/// Fetches with http::fetch, 3 s at most.
[[nodiscard]] Reconciler::Fetch fetch_over_http();

}  // namespace livedub::orchestrator
