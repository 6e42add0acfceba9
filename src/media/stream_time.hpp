// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Time on a stream's own timeline. StreamTime counts from the first frame the
// ingest accepted and is unrelated to any clock on this machine: the type
// system keeps a presentation time from being compared with a deadline.

#pragma once

#include <chrono>
#include <cstdint>

namespace livedub {

/// The clock of one published stream. It cannot be read (there is no now());
/// times come from the demuxer. Resolution is 1 ns, as in GstClockTime.
struct StreamClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<StreamClock>;
    static constexpr bool is_steady = false;
};

using StreamTime = StreamClock::time_point;
using StreamDuration = StreamClock::duration;

}  // namespace livedub
