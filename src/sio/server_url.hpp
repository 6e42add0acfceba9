// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a Socket.IO server is, taken from the URL in a configuration.

#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::sio {

struct ServerUrl {
    bool is_tls = false;
    std::string host;  // without brackets: "::1"
    std::string port;  // "80" or "443" when the URL names none

    /// What a Host header says: "host:3000", "[::1]:3000".
    [[nodiscard]] std::string authority() const;

    friend bool operator==(const ServerUrl&, const ServerUrl&) = default;
};

/// "http://host:3000" and the like; http, https, ws and wss. Errors: kInvalidArgument, with the
/// URL, also when it has more than a host and a port.
[[nodiscard]] Result<ServerUrl> parse_server_url(std::string_view url);

/// "socket.io" -> "/socket.io/?EIO=4&transport=polling", with "&sid=..." when there is one.
[[nodiscard]] std::string request_target(std::string_view path, std::string_view transport,
                                         std::string_view sid);

}  // namespace livedub::sio
