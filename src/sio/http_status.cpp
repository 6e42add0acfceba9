// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/http_status.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "net/client_stream.hpp"
#include "sio/client_transport.hpp"

namespace livedub::sio {

Error error_of_status(unsigned status, std::string_view body) {
    constexpr std::size_t kShown = 200;
    constexpr unsigned kRequestTimeout = 408;
    constexpr unsigned kTooManyRequests = 429;
    constexpr unsigned kServerError = 500;
    std::string shown{body.substr(0, kShown)};
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    const bool may_change =
        status >= kServerError || status == kRequestTimeout || status == kTooManyRequests;
    return {may_change ? ErrorCode::kUnavailable : ErrorCode::kProtocol,
            fmt::format("HTTP {}: {}", status, shown)};
}

net::Security security_of(const TransportConfig& config) {
    if (!config.server.is_tls) {
        return net::Security::kPlain;
    }
    return config.verify_certificate ? net::Security::kTls : net::Security::kTlsUnverified;
}

}  // namespace livedub::sio
