// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/service_metrics.hpp"

#include <chrono>

namespace livedub::orchestrator {
namespace {

constexpr const char* kHookEvents = "media_service_hook_events_total";
constexpr const char* kHookEventsHelp = "Hooks of the media server, by what became of them";

const prometheus::Histogram::BucketBoundaries kHookBuckets{0.001, 0.005, 0.01, 0.025, 0.05,
                                                           0.1,   0.25,  0.5,  1};

}  // namespace

ServiceMetrics::ServiceMetrics(prometheus::Registry& registry, const std::string& version,
                               const std::string& commit)
    : heads_{{kHookEvents, kHookEventsHelp, prometheus::MetricType::Counter}},
      hook_events_{
          prometheus::BuildCounter().Name(kHookEvents).Help(kHookEventsHelp).Register(registry)},
      hook_duration_{prometheus::BuildHistogram()
                         .Name("media_service_hook_duration_seconds")
                         .Help("Time to answer a hook")
                         .Register(registry)
                         .Add({}, kHookBuckets)} {
    prometheus::BuildGauge()
        .Name("media_service_worker_info_info")
        .Help("1 while the service runs")
        .Register(registry)
        .Add({})
        .Set(1);
    prometheus::BuildGauge()
        .Name("media_service_build_info")
        .Help("1, with what was built")
        .Register(registry)
        .Add({{"version", version}, {"commit", commit}})
        .Set(1);
}

void ServiceMetrics::count_hook(std::string_view event, std::string_view result,
                                SteadyDuration took) {
    hook_events_.Add({{"event", std::string{event}}, {"result", std::string{result}}}).Increment();
    hook_duration_.Observe(std::chrono::duration<double>{took}.count());
}

}  // namespace livedub::orchestrator
