// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// From an HTTP request that asks for it to a WebSocket. For .cpp files: it includes Beast.

#pragma once

#include <memory>

#include "net/beast.hpp"
#include "net/web_socket.hpp"

namespace livedub::net {

using UpgradeRequest = beast::http::request<beast::http::string_body>;

/// Whether the request asks for a WebSocket.
[[nodiscard]] bool is_upgrade(const UpgradeRequest& request);

/// Answers `request` with 101 and goes on as a WebSocket, or, when it is no proper one, with 400
/// and the end. Messages may be sent at once; they follow the answer. Io thread. Shared with the
/// operations that are under way.
[[nodiscard]] std::shared_ptr<WebSocket> accept_web_socket(Tcp::socket socket,
                                                           const UpgradeRequest& request,
                                                           const WebSocketLimits& limits,
                                                           WebSocketEvents events);

}  // namespace livedub::net
