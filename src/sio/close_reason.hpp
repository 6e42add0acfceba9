// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Why the server's side of a connection ended.

#pragma once

#include <array>
#include <string_view>

namespace livedub::sio {

enum class CloseReason {
    kTransportClosed = 1,
    kClientLeft = 2,
    kServerDisconnect = 3,
    kPingTimeout = 4,
    kConnectTimeout = 5,
    kMalformed = 6,
    kTooLarge = 7,
    kSlowReader = 8,
    kShutdown = 9,
    // Add at the end.
};
/// As logs and metrics have it.
[[nodiscard]] std::string_view to_string(CloseReason reason) noexcept;

inline constexpr std::array kCloseReasons{
    CloseReason::kTransportClosed, CloseReason::kClientLeft,     CloseReason::kServerDisconnect,
    CloseReason::kPingTimeout,     CloseReason::kConnectTimeout, CloseReason::kMalformed,
    CloseReason::kTooLarge,        CloseReason::kSlowReader,     CloseReason::kShutdown,
};

}  // namespace livedub::sio
