// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The only place that includes Boost.Beast, after Asio in the form net/asio.hpp gives it. Compiled
// once, in beast_impl.cpp. Include this in .cpp files only; it is slower still.

#pragma once

#define BOOST_BEAST_SEPARATE_COMPILATION 1  // NOLINT(readability-identifier-naming)

#include "net/asio.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#if defined(LIVEDUB_BEAST_IMPLEMENTATION)
#include <boost/beast/src.hpp>
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace livedub::net {

namespace beast = boost::beast;

}  // namespace livedub::net
