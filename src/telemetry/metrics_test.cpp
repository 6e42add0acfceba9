// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "telemetry/metrics.hpp"

#include <array>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace livedub {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, AFamilyWithoutASampleShowsItsHeadOnce) {
    prometheus::Registry registry;
    auto& family = prometheus::BuildCounter().Name("a_total").Help("As").Register(registry);
    const std::array heads{FamilyHead{"a_total", "As", prometheus::MetricType::Counter}};

    EXPECT_EQ(expose(registry, heads), "# HELP a_total As\n# TYPE a_total counter\n");
    family.Add({}).Increment(3);
    EXPECT_EQ(expose(registry, heads), "# HELP a_total As\n# TYPE a_total counter\na_total 3\n");
}

TEST(Metrics, NumbersArePlainDecimals) {
    struct Case {
        double value;
        const char* text;
    };
    for (const auto& [value, text] :
         {Case{1e-7, "0.0000001"}, Case{1.5e6, "1500000"}, Case{0.25, "0.25"}, Case{-3, "-3"},
          Case{1e20, "100000000000000000000"}, Case{-1e-12, "0"},
          Case{std::numeric_limits<double>::quiet_NaN(), "0"},
          Case{std::numeric_limits<double>::infinity(), "0"}}) {
        prometheus::Registry registry;
        prometheus::BuildGauge().Name("g").Help("").Register(registry).Add({}).Set(value);
        EXPECT_THAT(expose(registry), HasSubstr(std::string{"\ng "} + text + "\n")) << value;
    }
}

TEST(Metrics, LabelsAreEscapedAndHoldNoClosingBrace) {
    prometheus::Registry registry;
    prometheus::BuildGauge().Name("g").Help("h").Register(registry).Add(
        {{"a", "x\"y\\z\n"}, {"b", "{}"}});

    EXPECT_THAT(expose(registry), HasSubstr(R"~(g{a="x\"y\\z\n",b="{)"} 0)~"));
}

TEST(Metrics, AHistogramHasBucketsSumAndCount) {
    prometheus::Registry registry;
    auto& histogram = prometheus::BuildHistogram().Name("h").Help("h").Register(registry).Add(
        {{"s", "1"}}, prometheus::Histogram::BucketBoundaries{0.5, 1});
    histogram.Observe(0.75);

    const auto text = expose(registry);
    EXPECT_THAT(text, HasSubstr("h_bucket{s=\"1\",le=\"0.5\"} 0\nh_bucket{s=\"1\",le=\"1\"} 1\n"
                                "h_bucket{s=\"1\",le=\"+Inf\"} 1\nh_sum{s=\"1\"} 0.75\n"
                                "h_count{s=\"1\"} 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace livedub
