// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The server's numbers under the names MediaMTX gives them, and a few it has not. A path or a
// connection holds its series and takes them away when it ends, so that a server that runs for
// months exports what is there now.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace livedub::rtmp {

struct Metrics {
    explicit Metrics(prometheus::Registry& registry);

    prometheus::Family<prometheus::Gauge>& paths;
    prometheus::Family<prometheus::Counter>& path_bytes_received;
    prometheus::Family<prometheus::Counter>& path_bytes_sent;
    prometheus::Family<prometheus::Gauge>& conns;
    prometheus::Family<prometheus::Counter>& conn_bytes_received;
    prometheus::Family<prometheus::Counter>& conn_bytes_sent;

    prometheus::Counter& malformed;     // connections closed for what they sent
    prometheus::Counter& refused;       // connections over the limit
    prometheus::Counter& denied;        // requests to publish or play without the key
    prometheus::Counter& timed_out;     // connections closed for what they did not do in time
    prometheus::Counter& dropped_gops;  // groups of pictures that slow players lost
    prometheus::Counter& takeovers;     // publishers replaced by another
};

/// The three series of one path or connection: existence, bytes in, bytes out.
class Series {
  public:
    Series(prometheus::Family<prometheus::Gauge>& existence,
           prometheus::Family<prometheus::Counter>& received,
           prometheus::Family<prometheus::Counter>& sent, std::string key, std::string value);
    ~Series();
    Series(const Series&) = delete;
    Series& operator=(const Series&) = delete;

    /// Exports under another state label, with the same totals.
    void set_state(const std::string& state);

    void add_received(std::size_t bytes);
    void add_sent(std::size_t bytes);
    [[nodiscard]] std::uint64_t received() const noexcept { return received_total_; }
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_total_; }

  private:
    void remove();

    // Given at construction; outlive this.
    prometheus::Family<prometheus::Gauge>& existence_;
    prometheus::Family<prometheus::Counter>& received_family_;
    prometheus::Family<prometheus::Counter>& sent_family_;

    std::string key_;
    std::string value_;
    prometheus::Gauge* exists_ = nullptr;
    prometheus::Counter* received_ = nullptr;
    prometheus::Counter* sent_ = nullptr;
    std::uint64_t received_total_ = 0;
    std::uint64_t sent_total_ = 0;
};

}  // namespace livedub::rtmp
