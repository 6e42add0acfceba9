// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers a link exports (external contract, section 5: media_service_worker_*). What concerns
// fragments whoever dubs them is counted where they are cut.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "sts_client/link_core.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::sts_client {

/// The families; one per process, so that HELP and TYPE are there before the first stream.
/// Thread-safe.
struct LinkFamilies {
    explicit LinkFamilies(prometheus::Registry& registry);

    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;

    Gauges& connected;
    Gauges& inflight;
    Counters& reconnections;
    Gauges& breaker_state;
    Counters& breaker_failures;
    Counters& breaker_fallbacks;
    Counters& backpressure_events;
};

/// What each family is called, for expose(), also where there is no link at all.
[[nodiscard]] std::vector<FamilyHead> link_family_heads();

/// The series of one stream; they go when this does. One thread at a time.
class LinkMetrics {
  public:
    LinkMetrics(LinkFamilies& families, const std::string& stream_id);
    ~LinkMetrics();
    LinkMetrics(const LinkMetrics&) = delete;
    LinkMetrics& operator=(const LinkMetrics&) = delete;

    /// Shows how `link` stands now.
    /// @param shown What was shown of this link before; brought up to date.
    void show(const LinkCore& link, LinkCounts& shown);

    /// No link is left: neither connected nor at odds with anybody.
    void show_none();

  private:
    // Given at construction; outlive this.
    LinkFamilies& families_;
    prometheus::Gauge& connected_;
    prometheus::Gauge& inflight_;
    prometheus::Counter& reconnections_;
    prometheus::Gauge& breaker_state_;
    prometheus::Counter& breaker_failures_;
    prometheus::Counter& breaker_fallbacks_;
    prometheus::Counter& told_none_;
    prometheus::Counter& told_slow_down_;
    prometheus::Counter& told_pause_;
};

/// The series of all streams. They stay for ten minutes after the last link of their stream, and
/// count on when it comes back. One thread at a time.
class LinkMetricsBook {
  public:
    /// Both outlive it.
    LinkMetricsBook(LinkFamilies& families, const Clock& clock)
        : families_{families}, clock_{clock} {}

    /// A link begins. The reference is good until its close().
    [[nodiscard]] LinkMetrics& open(const std::string& stream_id);
    void close(const std::string& stream_id);

    /// Takes away the series of streams that ended ten minutes ago.
    void forget_ended();

  private:
    struct Entry {
        std::unique_ptr<LinkMetrics> series;
        int links = 0;
        SteadyTime ended{};  // while there are no links
    };

    LinkFamilies& families_;
    const Clock& clock_;
    std::map<std::string, Entry> entries_;
};

}  // namespace livedub::sts_client
