// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// LIVEDUB_CHECK aborts the process, in release builds too, when an invariant of our own is broken:
// going on would put wrong pictures or sound on air. A failure that a caller can handle is a Result
// instead.

#pragma once

#include <cstdio>
#include <cstdlib>

#define LIVEDUB_CHECK(condition)                                                                   \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)
