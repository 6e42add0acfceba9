// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a sample lies on the stream timeline and back, exact over days: sample 0 is time zero.

#pragma once

#include <cstdint>

#include "media/stream_time.hpp"

namespace livedub {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

/// Time of the first instant of `sample`, rounded down to 1 ns.
[[nodiscard]] constexpr StreamTime sample_time(std::int64_t sample, int sample_rate_hz) noexcept {
    // Split so that sample * 1e9 cannot overflow: 48 kHz would reach 2^63 after 53 hours.
    const std::int64_t rate = sample_rate_hz;
    return StreamTime{
        StreamDuration{sample / rate * kNanosPerSecond + sample % rate * kNanosPerSecond / rate}};
}

/// The sample nearest to `time`.
[[nodiscard]] constexpr std::int64_t sample_at(StreamTime time, int sample_rate_hz) noexcept {
    const std::int64_t rate = sample_rate_hz;
    const std::int64_t nanos = time.time_since_epoch().count();
    const std::int64_t rest = nanos % kNanosPerSecond * rate;
    const std::int64_t half = rest < 0 ? -kNanosPerSecond / 2 : kNanosPerSecond / 2;
    return nanos / kNanosPerSecond * rate + (rest + half) / kNanosPerSecond;
}

/// Samples in `duration`, to the nearest.
[[nodiscard]] constexpr std::int64_t samples_in(StreamDuration duration,
                                                int sample_rate_hz) noexcept {
    return sample_at(StreamTime{duration}, sample_rate_hz);
}

}  // namespace livedub
