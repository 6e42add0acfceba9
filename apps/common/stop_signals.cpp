// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/stop_signals.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace livedub {

StopSignals::StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

void StopSignals::wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
}

bool StopSignals::wait_for(std::chrono::milliseconds limit) const {
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const auto left =
            std::max(std::chrono::nanoseconds{0},
                     std::chrono::nanoseconds{until - std::chrono::steady_clock::now()});
        const auto whole = std::chrono::floor<std::chrono::seconds>(left);
        const timespec wait{.tv_sec = static_cast<std::time_t>(whole.count()),
                            .tv_nsec = static_cast<long>((left - whole).count())};
        if (sigtimedwait(&set_, nullptr, &wait) > 0) {
            return true;
        }
        if (errno != EINTR) {
            return false;
        }
    }
}

}  // namespace livedub
