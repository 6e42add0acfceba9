// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Boost.Asio's own code, once for the whole program.

#define LIVEDUB_ASIO_IMPLEMENTATION 1
#include "net/asio.hpp"
