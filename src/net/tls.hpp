// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// TLS under HTTP and WebSocket. Asio's part of it is compiled once, in asio_impl.cpp.

#pragma once

#include "net/websocket.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace livedub::net {

namespace ssl = boost::asio::ssl;

}  // namespace livedub::net
