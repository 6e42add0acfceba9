// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the Socket.IO server counts.

#pragma once

#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace livedub::sio {

struct ServerMetrics {
    explicit ServerMetrics(prometheus::Registry& registry);

    /// @param reason As the label has it: "malformed", "slow_reader", ...
    void count_closed(std::string_view reason);

    prometheus::Gauge& active;
    prometheus::Counter& refused;  // the limit was reached
    prometheus::Family<prometheus::Counter>& closed;
};

}  // namespace livedub::sio
