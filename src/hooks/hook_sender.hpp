// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Tells an orchestrator who publishes and who has stopped, as MediaMTX's hook script does (external
// contract, 2.1 and 8.2): one POST for each change, in order, tried three times. A hook that is
// lost all the same is found by the orchestrator's own look at the paths.

#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "base/bounded_queue.hpp"
#include "base/result.hpp"

namespace livedub::hooks {

struct SourceChange {
    bool is_ready = false;
    std::string path;  // "live/demo/in"
    std::string query;
    std::string source_type;
    std::string source_id;
};

/// The JSON body of the hook.
[[nodiscard]] std::string to_json(const SourceChange& change);

class HookSender {
  public:
    /// @param orchestrator "http://media-service:8080"; one slash at its end is ignored.
    /// @param token Sent as a bearer token when not empty; never logged.
    HookSender(std::string_view orchestrator, std::string token);

    /// Gives up on what has not been sent. At most 200 ms.
    ~HookSender() = default;
    HookSender(const HookSender&) = delete;
    HookSender& operator=(const HookSender&) = delete;

    /// Any thread; returns at once. With kMostWaiting hooks unsent the oldest is dropped and
    /// logged.
    void send(SourceChange change);

    static constexpr std::size_t kMostWaiting = 256;

  private:
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<void> post(const SourceChange& change, const std::stop_token& stop) const;

    // Constant after construction.
    const std::string base_url_;
    const std::string token_;

    BoundedQueue<SourceChange> waiting_{kMostWaiting};

    // Last, so that it is joined before anything it uses is destroyed.
    std::jthread thread_;
};

}  // namespace livedub::hooks
