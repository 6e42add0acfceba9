// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/send_window.hpp"

#include <algorithm>

namespace livedub::sts_client {
namespace {

std::chrono::milliseconds recommended_delay(const contract::Backpressure& backpressure) {
    const int given = backpressure.recommended_delay_ms.value_or(0);
    if (given > 0) {
        return std::min<std::chrono::milliseconds>(std::chrono::milliseconds{given}, kLongestPause);
    }
    if (backpressure.severity == "high") {
        return std::chrono::milliseconds{1'000};
    }
    return std::chrono::milliseconds{backpressure.severity == "medium" ? 500 : 100};
}

}  // namespace

SendWindow::SendWindow(int most, const Clock& clock) : clock_{clock}, most_{most}, limit_{most} {}

void SendWindow::restart(int server_most) {
    limit_ = std::clamp(server_most, 1, most_);
    paused_until_.reset();
    delayed_until_.reset();
}

void SendWindow::obey(const contract::Backpressure& backpressure) {
    if (backpressure.action == "none") {
        paused_until_.reset();
        delayed_until_.reset();
    } else if (backpressure.action == "pause") {
        paused_until_ = clock_.now() + kLongestPause;
    } else if (backpressure.action == "slow_down") {
        delayed_until_ = clock_.now() + recommended_delay(backpressure);
    }
}

SendVerdict SendWindow::verdict(int outstanding) const {
    const auto until = held_until();
    if (until && clock_.now() < *until) {
        return SendVerdict::kHeld;
    }
    return outstanding < limit_ ? SendVerdict::kOpen : SendVerdict::kFull;
}

std::optional<SteadyTime> SendWindow::held_until() const {
    if (paused_until_ && delayed_until_) {
        return std::max(*paused_until_, *delayed_until_);
    }
    return paused_until_ ? paused_until_ : delayed_until_;
}

}  // namespace livedub::sts_client
