// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/sts_metrics.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

using testing::HasSubstr;
using testing::Not;

class StsMetricsTest : public testing::Test {
  protected:
    [[nodiscard]] std::string text() const { return expose(registry_, StsMetrics::heads()); }

    static FinishedFragment finished(contract::ResultStatus status) {
        FinishedFragment fragment;
        fragment.result.status = status;
        fragment.result.processing_time_ms = 1'500;
        if (status == contract::ResultStatus::kFailed) {
            fragment.result.error =
                contract::ProcessingError{.stage = "asr", .code = "TIMEOUT", .message = ""};
        }
        return fragment;
    }

    prometheus::Registry registry_;
    FakeClock clock_;
    StsMetrics metrics_{registry_, clock_, StageTimes::kObserved};
};

TEST_F(StsMetricsTest, EveryFamilyIsThereFromTheStart) {
    for (const std::string family :
         {"sts_fragment_processing_seconds histogram", "sts_fragments_processed_total counter",
          "sts_fragments_in_flight gauge", "sts_queue_depth gauge",
          "sts_fragment_errors_total counter", "sts_asr_duration_seconds histogram",
          "sts_translation_duration_seconds histogram", "sts_tts_duration_seconds histogram",
          "sts_sessions_active gauge", "sts_models_loaded gauge", "sts_timeouts_total counter",
          "sts_sequence_events_total counter", "sts_backpressure_events_total counter",
          "sts_audio_label_mismatch_total counter", "sts_realtime_factor histogram",
          "sts_duration_overrun_percent histogram"}) {
        EXPECT_THAT(text(), HasSubstr("# TYPE " + family + "\n"));
    }
}

TEST_F(StsMetricsTest, AStreamIsCountedAndGoesTenMinutesAfterItsEnd) {
    metrics_.on_stream_begin("a");
    metrics_.on_load("a", 2, 1);
    metrics_.on_delivered("a", finished(contract::ResultStatus::kFailed));
    EXPECT_THAT(text(), HasSubstr("sts_sessions_active 1\n"));
    EXPECT_THAT(text(), HasSubstr("sts_fragments_in_flight{stream_id=\"a\"} 2\n"));
    EXPECT_THAT(text(), HasSubstr("sts_timeouts_total{stage=\"asr\"} 1\n"));

    metrics_.on_load("a", -2, -1);
    metrics_.on_stream_end("a");
    clock_.advance(std::chrono::minutes{9});
    metrics_.forget_ended();
    EXPECT_THAT(text(), HasSubstr("stream_id=\"a\""));
    EXPECT_THAT(text(), HasSubstr("sts_fragments_in_flight{stream_id=\"a\"} 0\n"));
    EXPECT_THAT(text(), HasSubstr("sts_sessions_active 0\n"));

    clock_.advance(std::chrono::minutes{1});
    metrics_.forget_ended();
    EXPECT_THAT(text(), Not(HasSubstr("stream_id=\"a\"")));
}

TEST_F(StsMetricsTest, ClientsNamesCannotConfuseReaders) {
    metrics_.on_stream_begin("a}\"\n{");

    EXPECT_THAT(text(), HasSubstr("stream_id=\"a____\""));
}

TEST_F(StsMetricsTest, ALongNameIsNotCutWithinACharacter) {
    std::string long_name;
    for (int i = 0; i < 128; ++i) {
        long_name += "€";  // three bytes
    }
    metrics_.on_stream_begin(long_name);
    EXPECT_THAT(text(), HasSubstr("{stream_id=\"" + long_name.substr(0, 126) + "\"}"));
}

TEST_F(StsMetricsTest, ManyNamesShareOne) {
    for (int n = 0; n < 1'100; ++n) {
        metrics_.on_stream_begin(std::to_string(n));
    }
    metrics_.on_delivered("1099", finished(contract::ResultStatus::kSuccess));

    EXPECT_THAT(text(), HasSubstr("stream_id=\"others\""));
    EXPECT_THAT(text(), Not(HasSubstr("stream_id=\"1099\"")));
}

TEST_F(StsMetricsTest, AStreamEndsUnderTheNameItBeganUnder) {
    for (int n = 0; n < 1'000; ++n) {
        metrics_.on_stream_begin(std::to_string(n));
        metrics_.on_stream_end(std::to_string(n));
    }
    metrics_.on_stream_begin("late");
    metrics_.on_load("late", 2, 0);
    clock_.advance(std::chrono::minutes{10});
    metrics_.forget_ended();  // there is room now

    metrics_.on_delivered("late", finished(contract::ResultStatus::kSuccess));
    metrics_.on_load("late", -2, 0);
    metrics_.on_stream_end("late");

    EXPECT_THAT(text(), HasSubstr("sts_fragments_in_flight{stream_id=\"others\"} 0\n"));
    EXPECT_THAT(text(), Not(HasSubstr("stream_id=\"late\"")));
    metrics_.on_stream_begin("late");
    EXPECT_THAT(text(), HasSubstr("sts_fragments_in_flight{stream_id=\"late\"} 0\n"));
}

}  // namespace
}  // namespace livedub::sts_session
