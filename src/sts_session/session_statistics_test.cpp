// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/session_statistics.hpp"

#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Origin = SessionStatistics::Origin;

contract::FragmentProcessed failed(const char* code, std::optional<std::string> stage) {
    contract::FragmentProcessed result;
    result.status = contract::ResultStatus::kFailed;
    result.error = contract::ProcessingError{.stage = std::move(stage), .code = code};
    return result;
}

TEST(SessionStatistics, NothingHappened) {
    const auto summary = SessionStatistics{}.summary();

    EXPECT_DOUBLE_EQ(summary.avg_processing_time_ms, 0.0);
    EXPECT_DOUBLE_EQ(summary.p95_processing_time_ms, 0.0);
    EXPECT_EQ(summary.failed_count, 0);
}

TEST(SessionStatistics, CountsByStatusStageAndCode) {
    SessionStatistics statistics;
    contract::FragmentProcessed result;
    result.processing_time_ms = 100;
    statistics.record(result, 6'000, Origin::kProcessed);
    result.status = contract::ResultStatus::kPartial;
    result.processing_time_ms = 200;
    result.error = contract::ProcessingError{.stage = "tts", .code = "DURATION_MISMATCH_EXCEEDED"};
    statistics.record(result, 6'000, Origin::kProcessed);
    statistics.record(failed("TIMEOUT", "asr"), 500, Origin::kProcessed);
    statistics.record(failed("QUEUE_FULL", std::nullopt), 0, Origin::kRefused);

    const auto summary = statistics.summary();

    EXPECT_EQ(summary.success_count, 1);
    EXPECT_EQ(summary.partial_count, 1);
    EXPECT_EQ(summary.failed_count, 2);
    EXPECT_EQ(summary.total_duration_ms, 12'500);
    EXPECT_DOUBLE_EQ(summary.avg_processing_time_ms, 100.0);  // (100 + 200 + 0) / 3
    EXPECT_THAT(summary.errors_by_code, ElementsAre(Pair("QUEUE_FULL", 1), Pair("TIMEOUT", 1)));
    EXPECT_THAT(summary.errors_by_stage, ElementsAre(Pair("asr", 1), Pair("none", 1)));
}

TEST(Percentile95, IsTheSortedValueAtNinetyFivePercentOfTheCount) {
    std::deque<std::int64_t> values;
    EXPECT_DOUBLE_EQ(percentile_95(values), 0.0);
    values.push_back(7);
    EXPECT_DOUBLE_EQ(percentile_95(values), 7.0);
    values.clear();
    for (int n = 20; n > 0; --n) {
        values.push_back(n);
    }
    EXPECT_DOUBLE_EQ(percentile_95(values), 20.0);  // sorted[19]
    values.push_back(21);
    EXPECT_DOUBLE_EQ(percentile_95(values), 20.0);  // sorted[19] of 21
}

}  // namespace
}  // namespace livedub::sts_session
