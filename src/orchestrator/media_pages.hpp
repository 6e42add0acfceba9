// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Everything media-service answers over HTTP (external contract, section 2).

#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "media_session/stream_table.hpp"
#include "orchestrator/hooks.hpp"

namespace livedub::orchestrator {

/// On the io thread; must not block.
struct MediaSources {
    /// The metrics page; empty: there is none (404).
    std::function<std::string()> metrics;
    /// Why segments cannot be written; empty when they can.
    std::function<std::string()> storage_problem;
    /// Whether anything is dubbed at all, and how many streams have a session for it.
    std::function<std::string()> sts_json;
};

/// @param is_stopping True once the program is ending. All outlive the handler.
[[nodiscard]] http::Handler make_media_pages(Hooks& hooks, const StreamTable& table,
                                             const std::atomic<bool>& is_stopping,
                                             std::string version, MediaSources sources);

}  // namespace livedub::orchestrator
