// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of sts-service (external contract, section 5): families that are there from the
// start, and series of streams that go some time after their stream. The io thread's, but for what
// says so.

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "base/clock.hpp"
#include "sts_session/session_observer.hpp"
#include "telemetry/metrics.hpp"

namespace livedub::sts_session {

enum class StageTimes {
    kObserved = 1,
    kPretended = 2,  // echo: there are no stages to measure
};

class StsMetrics final : public SessionObserver {
  public:
    StsMetrics(prometheus::Registry& registry, const Clock& clock, StageTimes stages);
    ~StsMetrics() override = default;
    StsMetrics(const StsMetrics&) = delete;
    StsMetrics& operator=(const StsMetrics&) = delete;

    /// Of the families that have no sample before the first stream.
    [[nodiscard]] static std::vector<FamilyHead> heads();

    void on_stream_begin(const std::string& stream_id) override;
    void on_stream_end(const std::string& stream_id) override;
    void on_load(const std::string& stream_id, int outstanding, int waiting) override;
    void on_delivered(const std::string& stream_id, const FinishedFragment& finished) override;
    void on_sequence_event(std::string_view kind) override;
    void on_backpressure(std::string_view severity) override;

    // Any thread.
    void set_models_loaded(int count) { models_loaded_.Set(count); }
    void count_label_mismatch() { label_mismatches_.Increment(); }

    /// Takes away the series of streams that ended ten minutes ago.
    void forget_ended();

  private:
    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

    /// The series of one stream id, shared by all streams that use it.
    struct StreamSeries {
        int users = 0;
        SteadyTime ended;
        prometheus::Gauge* in_flight = nullptr;
        prometheus::Gauge* queued = nullptr;
        std::map<std::string, prometheus::Histogram*> times;  // by status
        std::map<std::string, prometheus::Counter*> errors;   // by stage and code
    };

    [[nodiscard]] std::string label_for(const std::string& stream_id) const;
    StreamSeries& series_of(const std::string& stream_id);
    void observe_stages(const contract::FragmentProcessed& result);
    void observe_error(StreamSeries& series, const std::string& label,
                       const contract::ProcessingError& error);

    // Given at construction; outlive this.
    const Clock& clock_;

    // Constant after construction.
    const StageTimes stages_;

    Histograms& processing_;
    Counters& processed_;
    Gauges& in_flight_;
    Gauges& queue_depth_;
    Counters& errors_;
    prometheus::Histogram& asr_;
    prometheus::Histogram& translation_;
    prometheus::Histogram& tts_;
    prometheus::Gauge& sessions_;
    prometheus::Gauge& models_loaded_;
    Counters& timeouts_;
    Counters& sequence_events_;
    Counters& backpressure_;
    prometheus::Counter& label_mismatches_;
    prometheus::Histogram& realtime_factor_;
    prometheus::Histogram& overrun_;

    std::map<std::string, StreamSeries> streams_;  // by label; at most kMostStreams, and the others
    std::map<std::string, int> in_others_;  // streams that count there, by what they are called
};

}  // namespace livedub::sts_session
