// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What an HTTP request asks of an Engine.IO server, and the answers that need no session: errors
// and cross-origin rules. Pure.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "http/message.hpp"

namespace livedub::sio {

/// The number in the answer; fixed by the protocol.
enum class EngineFailure {
    kUnknownTransport = 0,
    kUnknownSid = 1,
    kBadMethod = 2,
    kBadRequest = 3,
    kTooManyConnections = 4,
    kBadVersion = 5,
};

enum class EngineAction {
    kOpenPolling = 1,
    kOpenWebSocket = 2,
    kPoll = 3,
    kPost = 4,
    kUpgrade = 5,
};

enum class RequestForm {
    kPlain = 1,
    kWebSocketUpgrade = 2,
};

struct EngineRequest {
    EngineAction action = EngineAction::kPoll;
    std::string sid;  // empty for the two that open
};

[[nodiscard]] tl::expected<EngineRequest, EngineFailure> read_engine_request(
    const http::Request& request, RequestForm form,
    const std::function<bool(const std::string& sid)>& is_known);

/// {"code":n,"message":"..."} with status 400, or 503 for too many connections.
[[nodiscard]] http::Response engine_failure(EngineFailure failure);

/// Whether `path` is one of `paths`, either with or without a slash at the end.
[[nodiscard]] bool is_engine_path(std::string_view path, const std::vector<std::string>& paths);

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The headers that let a page of another origin read the answer; nullopt when its origin is not
/// among `origins`, nor the Host that is asked: python-socketio's clients name the server's own
/// address. Without an Origin header there is nothing to forbid.
[[nodiscard]] std::optional<HeaderList> cors_headers(const http::Request& request,
                                                     const std::vector<std::string>& origins);

/// The answer to OPTIONS, without the headers above.
[[nodiscard]] http::Response preflight(const http::Request& request);

}  // namespace livedub::sio
