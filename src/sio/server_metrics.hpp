// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the Socket.IO server counts.

#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "sio/close_reason.hpp"

namespace livedub::sio {

struct ServerMetrics {
    explicit ServerMetrics(prometheus::Registry& registry);

    void count_closed(CloseReason reason);

    prometheus::Gauge& active;
    prometheus::Counter& refused;  // the limit was reached
    prometheus::Family<prometheus::Counter>& closed;
};

}  // namespace livedub::sio
