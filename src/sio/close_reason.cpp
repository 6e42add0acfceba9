// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/close_reason.hpp"

namespace livedub::sio {

std::string_view to_string(CloseReason reason) noexcept {
    switch (reason) {
        case CloseReason::kTransportClosed:
            return "transport_closed";
        case CloseReason::kClientLeft:
            return "client_left";
        case CloseReason::kServerDisconnect:
            return "server_disconnect";
        case CloseReason::kPingTimeout:
            return "ping_timeout";
        case CloseReason::kConnectTimeout:
            return "connect_timeout";
        case CloseReason::kMalformed:
            return "malformed";
        case CloseReason::kTooLarge:
            return "too_large";
        case CloseReason::kSlowReader:
            return "slow_reader";
        case CloseReason::kShutdown:
            return "shutdown";
    }
    return "";
}

}  // namespace livedub::sio
