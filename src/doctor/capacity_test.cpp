// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/capacity.hpp"

#include <array>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::doctor {
namespace {

using namespace std::chrono_literals;

/// A stage that takes `wall` for six seconds and keeps a core busy all that time.
Cost six_seconds_in(std::chrono::milliseconds wall, std::chrono::milliseconds worst) {
    return {.sample = 6s, .wall = wall, .worst = worst, .cpu = wall};
}

TEST(Cost, IsTheMiddleAndTheWorstOfTheRuns) {
    const std::array<TimedRun, 3> runs{TimedRun{.wall = 900ms, .cpu = 300ms},
                                       TimedRun{.wall = 300ms, .cpu = 200ms},
                                       TimedRun{.wall = 600ms, .cpu = 250ms}};

    const auto cost = cost_of(runs, 6s);

    EXPECT_EQ(cost.wall, 600ms);
    EXPECT_EQ(cost.worst, 900ms);
    EXPECT_EQ(cost.cpu, 250ms);
    EXPECT_DOUBLE_EQ(cost.real_time_factor(), 0.1);
    EXPECT_NEAR(cost.cores(), 0.0417, 0.0001);
}

TEST(Cost, OfOneRunIsThatRun) {
    const std::array<TimedRun, 1> runs{TimedRun{.wall = 1s, .cpu = 2s}};

    EXPECT_EQ(cost_of(runs, 6s).wall, 1s);
    EXPECT_EQ(cost_of(runs, 6s).worst, 1s);
}

/// Eight cores, plenty of all else, and stages that take 0.6 s, at worst 1 s.
CapacityInput ample() {
    return {.stages = {six_seconds_in(500ms, 800ms), six_seconds_in(100ms, 200ms)},
            .cores = 8,
            .workers = 8,
            .memory_available_mib = 100'000,
            .session_mib = 100,
            .segment = 6s,
            .delay = 60s};
}

TEST(Capacity, NeedsTheSegmentAndHalfAsMuchAgainAsTheWorstAndASecond) {
    const auto capacity = capacity_of(ample());

    EXPECT_EQ(capacity.worst_fragment, 1s);
    EXPECT_EQ(capacity.delay_needed, 8'500ms);
    EXPECT_EQ(capacity.delay_least, 7'500ms);
}

TEST(Capacity, ScalesTheSampleToTheSegment) {
    auto input = ample();
    input.segment = 3s;

    EXPECT_EQ(capacity_of(input).worst_fragment, 500ms);
    EXPECT_EQ(capacity_of(input).delay_needed, 4'800ms);  // 4.75 s, rounded up
}

struct LimitCase {
    std::string name;
    CapacityInput input;
    std::size_t streams;
    Limit limit;

    friend void PrintTo(const LimitCase& it, std::ostream* out) { *out << it.name; }
};

template <typename Change>
CapacityInput changed(Change change) {
    auto input = ample();
    change(input);
    return input;
}

class CapacityEnds : public testing::TestWithParam<LimitCase> {};

TEST_P(CapacityEnds, WhereTheFirstThingRunsOut) {
    const auto capacity = capacity_of(GetParam().input);

    EXPECT_EQ(capacity.streams, GetParam().streams);
    EXPECT_EQ(to_string(capacity.limit), to_string(GetParam().limit));
}

INSTANTIATE_TEST_SUITE_P(
    All, CapacityEnds,
    testing::Values(
        LimitCase{"Processor", ample(), 40, Limit::kCpu},  // 5.6 / (0.1 + 0.04)
        LimitCase{"OneCore", changed([](auto& it) { it.cores = 1; }), 5, Limit::kCpu},
        LimitCase{"Workers", changed([](auto& it) { it.workers = 2; }), 14, Limit::kWorkers},
        LimitCase{"Memory", changed([](auto& it) { it.memory_available_mib = 1'000; }), 4,
                  Limit::kMemory},
        LimitCase{"Delay", changed([](auto& it) { it.delay = 10s; }), 16, Limit::kDelay},
        LimitCase{"NoDelayLeft", changed([](auto& it) { it.delay = 7s; }), 0, Limit::kDelay},
        LimitCase{"LessThanNoDelay", changed([](auto& it) { it.delay = 1s; }), 0, Limit::kDelay},
        LimitCase{"TooSlow", changed([](auto& it) {
                      it.cores = 1;
                      it.workers = 1;
                      it.stages = {six_seconds_in(6s, 6s)};
                  }),
                  0, Limit::kCpu}),
    [](const auto& it) { return it.param.name; });

}  // namespace
}  // namespace livedub::doctor
