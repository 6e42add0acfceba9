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
        metrics_.show(*link_, shown_);
        return expose(registry_);
    }

    prometheus::Registry registry_;
    LinkFamilies families_{registry_};
    LinkMetrics metrics_{families_, "cam"};
    LinkCounts shown_;
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

TEST_F(LinkMetricsTest, InFlightAreThoseThatAreSentAndNotAnswered) {
    const std::string inflight = R"(worker_sts_inflight_fragments{stream_id="cam"} )";
    open();
    ask(0);
    EXPECT_THAT(show(), HasSubstr(inflight + "0")) << "nobody to send it to yet";
    connect();
    ready(2);
    ask_many(1, 4);
    EXPECT_THAT(show(), HasSubstr(inflight + "2")) << "the others are held back";
    hold_decodes_ = true;
    answer(0);
    answer(1);
    EXPECT_THAT(show(), HasSubstr(inflight + "2")) << "two answered, two more sent";
    say_backpressure("pause");
    answer(2);
    EXPECT_THAT(show(), HasSubstr(inflight + "1"));
    metrics_.show_none();
    EXPECT_THAT(expose(registry_), HasSubstr(inflight + "0"));
}

TEST_F(LinkMetricsTest, CountSessionsMadeAgain) {
    open_ready();
    lose();
    pass(std::chrono::seconds{2});
    connect();
    ready();
    EXPECT_THAT(show(), HasSubstr(R"(worker_sts_reconnections_total{stream_id="cam"} 1)"));
}

class LinkMetricsBookTest : public testing::Test {
  protected:
    prometheus::Registry registry_;
    LinkFamilies families_{registry_};
    FakeClock clock_;
    LinkMetricsBook book_{families_, clock_};
};

TEST_F(LinkMetricsBookTest, SeriesGoTenMinutesAfterTheStream) {
    (void)book_.open("cam");
    clock_.advance(std::chrono::minutes{20});
    book_.forget_ended();
    EXPECT_THAT(expose(registry_), HasSubstr("cam")) << "it has not ended";
    book_.close("cam");
    clock_.advance(std::chrono::minutes{9});
    book_.forget_ended();
    EXPECT_THAT(expose(registry_), HasSubstr("cam"));
    clock_.advance(std::chrono::minutes{1});
    book_.forget_ended();
    EXPECT_THAT(expose(registry_), Not(HasSubstr("cam")));
}

TEST_F(LinkMetricsBookTest, AStreamThatComesBackCountsOn) {
    families_.reconnections.Add({{"stream_id", "cam"}}).Increment();
    auto& first = book_.open("cam");
    auto& second = book_.open("cam");  // before the first has said goodbye
    EXPECT_EQ(&first, &second);
    book_.close("cam");
    clock_.advance(std::chrono::minutes{11});
    book_.forget_ended();
    EXPECT_THAT(expose(registry_), HasSubstr(R"(sts_reconnections_total{stream_id="cam"} 1)"));
}

}  // namespace
}  // namespace livedub::sts_client
