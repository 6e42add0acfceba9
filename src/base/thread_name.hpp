// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Every thread of ours has a name, so that a stack dump or `top -H` tells which work is whose.

#pragma once

#include <string>

#include <pthread.h>

namespace livedub {

/// Names the calling thread "dub-<role>[-n]"; the kernel keeps 15 bytes.
inline void name_this_thread(std::string name) {
    name.resize(name.size() < 15 ? name.size() : 15);
    pthread_setname_np(pthread_self(), name.c_str());
}

}  // namespace livedub
