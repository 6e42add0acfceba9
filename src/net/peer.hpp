// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who is at the other end of a socket, for logs. For .cpp files: it includes Asio.

#pragma once

#include <string>

#include "net/asio.hpp"

namespace livedub::net {

/// "127.0.0.1:53210", or "gone" once the peer has left.
[[nodiscard]] std::string describe_peer(const Tcp::socket& socket);

}  // namespace livedub::net
