// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace livedub::sts_client {
namespace {

constexpr std::chrono::minutes kKeptAfterEnd{10};

auto& counters(prometheus::Registry& registry, std::string_view name, std::string_view help) {
    return prometheus::BuildCounter()
        .Name("media_service_worker_" + std::string{name})
        .Help(std::string{help})
        .Register(registry);
}

auto& gauges(prometheus::Registry& registry, std::string_view name, std::string_view help) {
    return prometheus::BuildGauge()
        .Name("media_service_worker_" + std::string{name})
        .Help(std::string{help})
        .Register(registry);
}

/// Brings a counter up to what the link has counted.
void raise(prometheus::Counter& counter, std::uint64_t& shown, std::uint64_t now) {
    counter.Increment(static_cast<double>(now - shown));
    shown = now;
}

prometheus::Counter& told(LinkFamilies& families, const std::string& stream_id,
                          const std::string& action) {
    return families.backpressure_events.Add({{"stream_id", stream_id}, {"action", action}});
}

}  // namespace

LinkFamilies::LinkFamilies(prometheus::Registry& registry)
    : connected{gauges(registry, "sts_connected", "1 while there is a session with the STS")},
      inflight{gauges(registry, "sts_inflight_fragments", "Fragments sent and not yet answered")},
      reconnections{counters(registry, "sts_reconnections_total",
                             "Sessions made again after one was lost or could not be had")},
      breaker_state{gauges(registry, "circuit_breaker_state", "0 closed, 1 half-open, 2 open")},
      breaker_failures{counters(registry, "circuit_breaker_failures_total",
                                "Fragments that failed in a way that counts")},
      breaker_fallbacks{counters(registry, "circuit_breaker_fallbacks_total",
                                 "Fragments not sent because the circuit was open")},
      backpressure_events{counters(registry, "backpressure_events_total",
                                   "Backpressure messages received, by action")} {}

std::vector<FamilyHead> link_family_heads() {
    // A registry of its own, given one sample each, says what the families are called.
    prometheus::Registry registry;
    LinkFamilies families{registry};
    const LinkMetrics series{families, "any"};
    std::vector<FamilyHead> heads;
    for (const auto& family : registry.Collect()) {
        heads.push_back({family.name, family.help, family.type});
    }
    return heads;
}

LinkMetrics::LinkMetrics(LinkFamilies& families, const std::string& stream_id)
    : families_{families},
      connected_{families.connected.Add({{"stream_id", stream_id}})},
      inflight_{families.inflight.Add({{"stream_id", stream_id}})},
      reconnections_{families.reconnections.Add({{"stream_id", stream_id}})},
      breaker_state_{families.breaker_state.Add({{"stream_id", stream_id}})},
      breaker_failures_{families.breaker_failures.Add({{"stream_id", stream_id}})},
      breaker_fallbacks_{families.breaker_fallbacks.Add({{"stream_id", stream_id}})},
      told_none_{told(families, stream_id, "none")},
      told_slow_down_{told(families, stream_id, "slow_down")},
      told_pause_{told(families, stream_id, "pause")} {}

LinkMetrics::~LinkMetrics() {
    families_.connected.Remove(&connected_);
    families_.inflight.Remove(&inflight_);
    families_.reconnections.Remove(&reconnections_);
    families_.breaker_state.Remove(&breaker_state_);
    families_.breaker_failures.Remove(&breaker_failures_);
    families_.breaker_fallbacks.Remove(&breaker_fallbacks_);
    families_.backpressure_events.Remove(&told_none_);
    families_.backpressure_events.Remove(&told_slow_down_);
    families_.backpressure_events.Remove(&told_pause_);
}

void LinkMetrics::show(const LinkCore& link, LinkCounts& shown) {
    const auto& counts = link.counts();
    connected_.Set(link.is_ready() ? 1 : 0);
    inflight_.Set(link.outstanding());
    breaker_state_.Set(static_cast<double>(link.breaker_state()));
    raise(reconnections_, shown.reconnections, counts.reconnections);
    raise(breaker_failures_, shown.breaker_failures, counts.breaker_failures);
    raise(breaker_fallbacks_, shown.breaker_fallbacks, counts.breaker_fallbacks);
    raise(told_none_, shown.told_none, counts.told_none);
    raise(told_slow_down_, shown.told_slow_down, counts.told_slow_down);
    raise(told_pause_, shown.told_pause, counts.told_pause);
}

void LinkMetrics::show_none() {
    connected_.Set(0);
    inflight_.Set(0);
    breaker_state_.Set(0);
}

LinkMetrics& LinkMetricsBook::open(const std::string& stream_id) {
    auto& entry = entries_[stream_id];
    if (entry.series == nullptr) {
        entry.series = std::make_unique<LinkMetrics>(families_, stream_id);
    }
    ++entry.links;
    return *entry.series;
}

void LinkMetricsBook::close(const std::string& stream_id) {
    auto& entry = entries_.at(stream_id);
    if (--entry.links == 0) {
        entry.series->show_none();
        entry.ended = clock_.now();
    }
}

void LinkMetricsBook::forget_ended() {
    std::erase_if(entries_, [now = clock_.now()](const auto& item) {
        return item.second.links == 0 && item.second.ended + kKeptAfterEnd <= now;
    });
}

}  // namespace livedub::sts_client
