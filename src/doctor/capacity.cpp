// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/capacity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace livedub::doctor {
namespace {

using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

constexpr double kHeadroom = 0.7;     // of a machine, the share that is planned with
constexpr double kMediaCores = 0.04;  // a stream's picture and sound, speech excluded
constexpr double kStreamMib = 64;     // a stream's delay line, decoder and encoder
constexpr double kMargin = 1.5;       // on the worst time that was measured
constexpr milliseconds kOverhead{1'000};
/// A fragment is decided this long before it is due.
constexpr milliseconds kDecision{500};
constexpr double kMostStreams = 10'000;  // as many as MAX_CONCURRENT_STREAMS can say

std::size_t whole(double streams) {
    return static_cast<std::size_t>(std::floor(std::clamp(streams, 0.0, kMostStreams)));
}

double over(double supply, double demand) {
    return demand > 0 ? supply / demand : kMostStreams;
}

milliseconds rounded_up(Seconds time) {
    constexpr double kStep = 0.1;
    return milliseconds{static_cast<std::int64_t>(std::ceil(time.count() / kStep - 1e-9)) * 100};
}

}  // namespace

std::string_view to_string(Limit limit) noexcept {
    switch (limit) {
        case Limit::kCpu:
            return "cpu";
        case Limit::kWorkers:
            return "workers";
        case Limit::kMemory:
            return "memory";
        case Limit::kDelay:
            return "delay";
    }
    return "";
}

Capacity capacity_of(const CapacityInput& input) {
    double cores = kMediaCores;
    double busy = 0;
    double worst_factor = 0;
    for (const auto& stage : input.stages) {
        cores += stage.cores();
        busy += stage.real_time_factor();
        worst_factor += Seconds{stage.worst} / Seconds{stage.sample};
    }
    const Seconds segment = input.segment;
    const Seconds worst = segment * worst_factor;
    const Seconds spare = input.delay - input.segment - kOverhead;
    const auto workers = static_cast<double>(input.workers);

    const std::array limits{
        std::pair{whole(over(kHeadroom * input.cores, cores)), Limit::kCpu},
        std::pair{whole(over(kHeadroom * workers, busy)), Limit::kWorkers},
        std::pair{
            whole(over(kHeadroom * input.memory_available_mib, input.session_mib + kStreamMib)),
            Limit::kMemory},
        std::pair{whole(over(workers * spare.count(), kMargin * worst.count())), Limit::kDelay},
    };
    const auto& [streams, limit] = *std::ranges::min_element(limits);
    return {.streams = streams,
            .limit = limit,
            .worst_fragment = std::chrono::ceil<milliseconds>(worst),
            .delay_needed = rounded_up(segment + kMargin * worst + kOverhead),
            .delay_least = rounded_up(segment + worst + kDecision)};
}

}  // namespace livedub::doctor
