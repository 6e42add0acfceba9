// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Boost.Asio's own code, once for the whole program.

#define LIVEDUB_ASIO_IMPLEMENTATION 1
#include "net/asio.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <boost/asio/ssl/impl/src.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
