// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The only place that includes Boost.Asio, because 1.74 does not stand on its own everywhere: it
// uses std::exchange without <utility>, its fences are something ThreadSanitizer cannot see, and it
// does not recognise Clang 14's coroutines. Compiled once, in asio_impl.cpp. Include this in .cpp
// files only; it is slow.

#pragma once

// NOLINTBEGIN(readability-identifier-naming): names that Asio looks for
#define BOOST_ASIO_SEPARATE_COMPILATION 1
#define BOOST_ASIO_NO_DEPRECATED 1
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#if defined(__clang__)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif
// NOLINTEND(readability-identifier-naming)

#include <utility>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#if defined(LIVEDUB_ASIO_IMPLEMENTATION)
#include <boost/asio/impl/src.hpp>
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace livedub::net {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = boost::asio::ip::tcp;

}  // namespace livedub::net
