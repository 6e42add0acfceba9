// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The media server's hooks over HTTP: who publishes, and who has left (external contract, 2.1).
// Every hook is answered from memory; the work it causes is the stream table's.

#pragma once

#include <string>

#include "base/clock.hpp"
#include "http/server.hpp"
#include "media_session/stream_table.hpp"
#include "orchestrator/service_metrics.hpp"

namespace livedub::orchestrator {

/// Stateless but for its metrics; on the io thread.
class Hooks {
  public:
    /// @param token What callers have to show as Bearer token; empty: nothing. The rest outlives
    /// it.
    Hooks(StreamTable& table, ServiceMetrics& metrics, const Clock& clock, std::string token);

    [[nodiscard]] http::Response on_ready(const http::Request& request);
    [[nodiscard]] http::Response on_not_ready(const http::Request& request);

  private:
    enum class Event { kReady = 1, kNotReady = 2 };
    struct Answer {
        http::Response response;
        const char* result;
    };

    [[nodiscard]] http::Response handle(Event event, const http::Request& request);
    [[nodiscard]] Answer answer(Event event, const http::Request& request);
    [[nodiscard]] bool is_authorized(const http::Request& request) const;

    // Given at construction; outlive this.
    StreamTable& table_;
    ServiceMetrics& metrics_;
    const Clock& clock_;

    // Constant after construction.
    const std::string token_;
};

}  // namespace livedub::orchestrator
