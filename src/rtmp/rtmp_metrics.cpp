// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "rtmp/rtmp_metrics.hpp"

#include <utility>

namespace livedub::rtmp {
namespace {

prometheus::Family<prometheus::Gauge>& gauge(prometheus::Registry& registry, const char* name,
                                             const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry, const char* name,
                                                 const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : paths{gauge(registry, "paths", "Paths that exist, by state (ready, notReady).")},
      path_bytes_received{
          counter(registry, "paths_bytes_received", "Media bytes published to a path.")},
      path_bytes_sent{counter(registry, "paths_bytes_sent", "Bytes sent to players of a path.")},
      conns{gauge(registry, "rtmp_conns", "RTMP connections, by state (idle, publish, read).")},
      conn_bytes_received{
          counter(registry, "rtmp_conns_bytes_received", "Bytes received on a connection.")},
      conn_bytes_sent{counter(registry, "rtmp_conns_bytes_sent", "Bytes sent on a connection.")},
      malformed{counter(registry, "rtmp_conns_malformed_total",
                        "Connections closed because their peer broke the protocol.")
                    .Add({})},
      refused{counter(registry, "rtmp_conns_refused_total",
                      "Connections refused because there were too many.")
                  .Add({})},
      denied{counter(registry, "rtmp_denied_total",
                     "Requests to publish or play that were refused for want of a key.")
                 .Add({})},
      timed_out{counter(registry, "rtmp_conns_timed_out_total",
                        "Connections closed because their peer did nothing in time.")
                    .Add({})},
      dropped_gops{counter(registry, "rtmp_dropped_gops_total",
                           "Groups of pictures that players lost because they were slow.")
                       .Add({})},
      takeovers{counter(registry, "rtmp_publisher_takeovers_total",
                        "Publishers replaced by a newer one on the same path.")
                    .Add({})} {}

Series::Series(prometheus::Family<prometheus::Gauge>& existence,
               prometheus::Family<prometheus::Counter>& received,
               prometheus::Family<prometheus::Counter>& sent, std::string key, std::string value)
    : existence_{existence},
      received_family_{received},
      sent_family_{sent},
      key_{std::move(key)},
      value_{std::move(value)} {}

Series::~Series() {
    remove();
}

void Series::set_state(const std::string& state) {
    remove();
    const prometheus::Labels labels{{key_, value_}, {"state", state}};
    exists_ = &existence_.Add(labels);
    exists_->Set(1);
    received_ = &received_family_.Add(labels);
    received_->Increment(static_cast<double>(received_total_));
    sent_ = &sent_family_.Add(labels);
    sent_->Increment(static_cast<double>(sent_total_));
}

void Series::add_received(std::size_t bytes) {
    received_total_ += bytes;
    if (received_ != nullptr) {
        received_->Increment(static_cast<double>(bytes));
    }
}

void Series::add_sent(std::size_t bytes) {
    sent_total_ += bytes;
    if (sent_ != nullptr) {
        sent_->Increment(static_cast<double>(bytes));
    }
}

void Series::remove() {
    if (exists_ != nullptr) {
        existence_.Remove(exists_);
        received_family_.Remove(received_);
        sent_family_.Remove(sent_);
    }
    exists_ = nullptr;
}

}  // namespace livedub::rtmp
