// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// From an HTTP request that asks for it to a WebSocket. For .cpp files: it includes Beast.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/beast.hpp"
#include "net/web_socket.hpp"

namespace livedub::net {

using UpgradeRequest = beast::http::request<beast::http::string_body>;

/// Whether the request asks for a WebSocket.
[[nodiscard]] bool is_upgrade(const UpgradeRequest& request);

/// The head of the answer to a request that has all it needs; nullopt: it has not.
[[nodiscard]] std::optional<std::string> accept_handshake(const UpgradeRequest& request);

/// Sends `answer`, which is accept_handshake()'s, and goes on as a WebSocket. Messages may be sent
/// at once; they follow the answer. Io thread. Shared with the operations that are under way.
[[nodiscard]] std::shared_ptr<WebSocket> accept_web_socket(Tcp::socket socket, std::string answer,
                                                           std::shared_ptr<WebSocketTotals> totals,
                                                           const WebSocketLimits& limits,
                                                           WebSocketEvents events);

}  // namespace livedub::net
