// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What an HTTP answer other than success means for a Socket.IO client, and what TLS it is to use.

#pragma once

#include <string_view>

#include "base/result.hpp"

namespace livedub::net {
enum class Security;
}

namespace livedub::sio {

struct TransportConfig;

/// kUnavailable when the server may answer otherwise later, else kProtocol; the message has the
/// status and the beginning of the body.
[[nodiscard]] Error error_of_status(unsigned status, std::string_view body);

[[nodiscard]] net::Security security_of(const TransportConfig& config);

}  // namespace livedub::sio
