// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sio/server_metrics.hpp"

#include <string>

namespace livedub::sio {

ServerMetrics::ServerMetrics(prometheus::Registry& registry)
    : active{prometheus::BuildGauge()
                 .Name("sts_connections_active")
                 .Help("Socket.IO connections now open.")
                 .Register(registry)
                 .Add({})},
      refused{prometheus::BuildCounter()
                  .Name("sts_connections_refused_total")
                  .Help("Handshakes refused because too many connections were open.")
                  .Register(registry)
                  .Add({})},
      closed{prometheus::BuildCounter()
                 .Name("sts_connections_closed_total")
                 .Help("Connections closed, by reason.")
                 .Register(registry)} {
    for (const auto reason : kCloseReasons) {
        closed.Add({{"reason", std::string{to_string(reason)}}});  // there from the start, as 0
    }
}

void ServerMetrics::count_closed(CloseReason reason) {
    closed.Add({{"reason", std::string{to_string(reason)}}}).Increment();
}

}  // namespace livedub::sio
