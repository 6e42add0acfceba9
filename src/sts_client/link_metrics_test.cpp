// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_metrics.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sts_client/link_bench.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::sts_client {
namespace {

using testing::HasSubstr;
using testing::Not;

class LinkMetricsTest : public LinkBench {
  protected:
    std::string show() {
        metrics_->show(*link_);
        return expose(registry_);
    }

    prometheus::Registry registry_;
    LinkFamilies families_{registry_};
    std::optional<LinkMetrics> metrics_{std::in_place, families_, "cam"};
};

TEST_F(LinkMetricsTest, FollowTheLink) {
    config_.breaker.threshold = 1;
    open();
    EXPECT_THAT(show(), HasSubstr(R"(media_service_worker_sts_connected{stream_id="cam"} 0)"));
    connect();
    ready();
    EXPECT_THAT(show(), HasSubstr(R"(media_service_worker_sts_connected{stream_id="cam"} 1)"));
    ask(0);
    fail(0, "TIMEOUT");
    ask(1);
    say_backpressure("pause");
    const auto text = show();
    EXPECT_THAT(text, HasSubstr(R"(worker_circuit_breaker_state{stream_id="cam"} 2)"));
    EXPECT_THAT(text, HasSubstr(R"(worker_circuit_breaker_failures_total{stream_id="cam"} 1)"));
    EXPECT_THAT(text, HasSubstr(R"(worker_circuit_breaker_fallbacks_total{stream_id="cam"} 1)"));
    EXPECT_THAT(text, HasSubstr(R"({action="pause",stream_id="cam"} 1)"));
    EXPECT_THAT(text, HasSubstr(R"({action="none",stream_id="cam"} 0)"));
    EXPECT_EQ(show(), text) << "what was counted is not counted again";
}

TEST_F(LinkMetricsTest, CountSessionsMadeAgain) {
    open_ready();
    lose();
    pass(std::chrono::seconds{2});
    connect();
    ready();
    EXPECT_THAT(show(), HasSubstr(R"(worker_sts_reconnections_total{stream_id="cam"} 1)"));
}

TEST_F(LinkMetricsTest, TheSeriesGoWithTheStream) {
    open_ready();
    EXPECT_THAT(show(), HasSubstr("cam"));
    metrics_.reset();
    EXPECT_THAT(expose(registry_), Not(HasSubstr("cam")));
}

}  // namespace
}  // namespace livedub::sts_client
