// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How far the service is: loading, ready, ending. Any thread.

#pragma once

#include <string>

#include "base/mutex.hpp"
#include "dubbing/dubber.hpp"

namespace livedub {

class ServiceState {
  public:
    enum class Phase {
        kStarting = 1,  // the models are loading
        kReady = 2,
        kEnding = 3,
    };

    void set(Phase phase) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        phase_ = phase;
    }
    void set_ready(EngineNames engines) LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        if (phase_ == Phase::kStarting) {
            phase_ = Phase::kReady;
        }
        engines_ = std::move(engines);
    }
    [[nodiscard]] Phase phase() const LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return phase_;
    }
    [[nodiscard]] EngineNames engines() const LIVEDUB_EXCLUDES(mutex_) {
        const MutexLock lock{mutex_};
        return engines_;
    }

  private:
    mutable Mutex mutex_;
    Phase phase_ LIVEDUB_GUARDED_BY(mutex_) = Phase::kStarting;
    EngineNames engines_ LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace livedub
