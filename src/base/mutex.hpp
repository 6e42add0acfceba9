// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// std::mutex with the annotations libstdc++ does not carry. Nothing else in
// the tree names std::mutex or std::lock_guard.

#pragma once

#include <mutex>

#include "base/thread_annotations.hpp"

namespace livedub {

class LIVEDUB_CAPABILITY("mutex") Mutex {
  public:
    void lock() LIVEDUB_ACQUIRE() { impl_.lock(); }
    void unlock() LIVEDUB_RELEASE() { impl_.unlock(); }

  private:
    std::mutex impl_;
};

class LIVEDUB_SCOPED_CAPABILITY MutexLock {
  public:
    explicit MutexLock(Mutex& mutex) LIVEDUB_ACQUIRE(mutex) : mutex_{mutex} { mutex_.lock(); }
    ~MutexLock() LIVEDUB_RELEASE() { mutex_.unlock(); }

    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

  private:
    Mutex& mutex_;
};

}  // namespace livedub
