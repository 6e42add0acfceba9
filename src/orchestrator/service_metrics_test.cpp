// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "orchestrator/service_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::orchestrator {
namespace {

using testing::HasSubstr;

TEST(ServiceMetrics, AreThereBeforeTheFirstHookAndCountIt) {
    prometheus::Registry registry;
    ServiceMetrics metrics{registry, "1.2.3", "abc"};

    const auto before = expose(registry, metrics.heads());
    EXPECT_THAT(before, HasSubstr("\nmedia_service_worker_info_info 1\n"));
    EXPECT_THAT(before,
                HasSubstr("media_service_build_info{commit=\"abc\",version=\"1.2.3\"} 1\n"));
    EXPECT_THAT(before, HasSubstr("# TYPE media_service_hook_events_total counter\n"));
    EXPECT_THAT(before, HasSubstr("media_service_hook_duration_seconds_count 0\n"));

    metrics.count_hook("ready", "received", std::chrono::milliseconds{2});
    EXPECT_THAT(
        expose(registry),
        HasSubstr("media_service_hook_events_total{event=\"ready\",result=\"received\"} 1"));
}

}  // namespace
}  // namespace livedub::orchestrator
