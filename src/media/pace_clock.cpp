// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/pace_clock.hpp"

#include <algorithm>

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Start-up bursts (a cached group of pictures) are over by then, and nothing is due yet.
constexpr milliseconds kSettling{800};
constexpr seconds kWindow{10};
/// 2 ms in 10 s follows a clock that is 200 ppm off; encoders are within 100.
constexpr milliseconds kLargestStep{2};

}  // namespace

void PaceClock::arrived(StreamTime t, SteadyTime now) {
    const SteadyTime implied = now - t.time_since_epoch();
    if (!origin_) {
        origin_ = implied;
        settled_at_ = now + kSettling;
        window_end_ = now + kWindow;
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
}

}  // namespace livedub
