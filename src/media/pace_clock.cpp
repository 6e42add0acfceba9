// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/pace_clock.hpp"

#include <algorithm>
#include <utility>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Start-up bursts (a cached group of pictures) are over by then, and nothing is due yet.
constexpr milliseconds kSettling{800};
constexpr seconds kWindow{10};
/// 2 ms in 10 s follows a clock that is 200 ppm off; encoders are within 100.
constexpr milliseconds kLargestStep{2};

constexpr seconds kStallWindow{1};
/// The output may be off by as much (external contract, 6.3).
constexpr milliseconds kStall{500};
/// A burst that catches up does so faster than this in a second.
constexpr milliseconds kCatchingUp{50};

}  // namespace

void PaceClock::arrived(StreamTime t, SteadyTime now) {
    const SteadyTime implied = now - t.time_since_epoch();
    if (!origin_) {
        origin_ = implied;
        settled_at_ = now + kSettling;
        window_end_ = now + kWindow;
        second_end_ = now + kSettling + kStallWindow;
    }
    if (now < *settled_at_) {
        origin_ = std::min(*origin_, implied);
        return;
    }
    window_fastest_ = std::min(window_fastest_.value_or(implied), implied);
    if (now >= window_end_) {
        *origin_ +=
            std::clamp<SteadyDuration>(*window_fastest_ - *origin_, -kLargestStep, kLargestStep);
        window_fastest_.reset();
        window_end_ = now + kWindow;
    }
    watch_for_stall(implied - *origin_, now);
}

void PaceClock::watch_for_stall(SteadyDuration late, SteadyTime now) {
    if (now >= second_end_) {
        if (least_late_ && least_late_before_ && *least_late_ > kStall &&
            *least_late_before_ > kStall && *least_late_ > *least_late_before_ - kCatchingUp) {
            stall_ = *least_late_;
        }
        least_late_before_ = std::exchange(least_late_, std::nullopt);
        second_end_ = now + kStallWindow;
    }
    least_late_ = std::min(least_late_.value_or(late), late);
}

SteadyDuration PaceClock::take_stall() noexcept {
    const auto stall = std::exchange(stall_, SteadyDuration{0});
    if (stall.count() > 0) {
        least_late_.reset();
        least_late_before_.reset();
        window_fastest_.reset();
    }
    return stall;
}

}  // namespace livedub
