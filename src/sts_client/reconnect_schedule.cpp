// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/reconnect_schedule.hpp"

#include <algorithm>
#include <cstdint>

namespace livedub::sts_client {

std::chrono::milliseconds ReconnectSchedule::next(double random) {
    constexpr std::chrono::milliseconds kFirst{2'000};
    constexpr double kJitter = 0.1;
    const int doublings = std::min(attempts_, kSteps - 1);
    ++attempts_;
    const double factor = 1.0 + (kJitter * ((2.0 * random) - 1.0));
    const auto wait = static_cast<double>((kFirst * (1 << doublings)).count()) * factor;
    return std::chrono::milliseconds{static_cast<std::int64_t>(wait)};
}

}  // namespace livedub::sts_client
