// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Boost.Beast's own code, once for the whole program.

#define LIVEDUB_BEAST_IMPLEMENTATION 1
#include "net/beast.hpp"
