// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Beast's WebSocket, apart from net/beast.hpp because it doubles what that costs to compile.

#pragma once

#include "net/beast.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <boost/beast/websocket.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace livedub::net {

namespace websocket = boost::beast::websocket;

}  // namespace livedub::net
