// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers a stream exports (external contract, section 5: media_service_worker_*).

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "dubbing/fallback_reason.hpp"

namespace livedub {

/// The families; one per process, so that HELP and TYPE are there before the first stream.
/// Thread-safe.
class MediaMetrics {
  public:
    explicit MediaMetrics(prometheus::Registry& registry);

    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

    prometheus::Gauge& active_streams;
    Counters& segments_processed;
    Counters& segments_bytes;
    Counters& fragments_sent;
    Counters& fragments_processed;
    Histograms& processing_latency;
    Gauges& inflight;
    Gauges& av_sync_delta;
    Gauges& av_offset;
    Counters& av_sync_corrections;
    Gauges& buffer_video;
    Gauges& buffer_audio;
    Gauges& output_lag;
    Gauges& output_delay_target;
    Counters& fallback;
    Counters& dubbed_seconds;
    Counters& original_seconds;
    Counters& errors;
    Gauges& pipeline_state;
    Counters& input_discontinuities;
    Counters& output_reconnects;
};

/// The series of one stream; they go when this does. Members: the session's thread; destruction:
/// any, after it.
class StreamMetrics {
  public:
    StreamMetrics(MediaMetrics& families, const std::string& stream_id);
    ~StreamMetrics();
    StreamMetrics(const StreamMetrics&) = delete;
    StreamMetrics& operator=(const StreamMetrics&) = delete;

    void count_fallback(FallbackReason reason);
    /// @param type startup_failure, input, no_audio, video_processing, audio_processing, output,
    /// ...
    void count_error(std::string_view type);
    /// @param status success, failed or timeout.
    void count_processed(std::string_view status);

  private:
    template <typename Family>
    auto& add(Family& family, std::string_view label = {}, std::string_view value = {});
    prometheus::Counter& labelled(MediaMetrics::Counters& family, std::string_view label,
                                  std::string_view value);

    // Given at construction; outlives this.
    MediaMetrics& families_;

    // Constant after construction.
    const std::string stream_id_;

    std::vector<std::function<void()>> removals_;
    std::map<std::string, prometheus::Counter*, std::less<>> labelled_;  // made when first counted

  public:
    prometheus::Counter& audio_segments;
    prometheus::Counter& video_segments;
    prometheus::Counter& audio_bytes;
    prometheus::Counter& video_bytes;
    prometheus::Counter& fragments_sent;
    prometheus::Histogram& processing_latency;
    prometheus::Gauge& inflight;
    prometheus::Gauge& av_sync_delta_ms;
    prometheus::Gauge& av_offset_ms;
    prometheus::Counter& av_sync_corrections;
    prometheus::Gauge& buffer_video;
    prometheus::Gauge& buffer_audio;
    prometheus::Gauge& output_lag_ms;
    prometheus::Gauge& output_delay_target_ms;
    prometheus::Counter& dubbed_seconds;
    prometheus::Counter& original_seconds;
    prometheus::Gauge& input_state;
    prometheus::Gauge& output_state;
    prometheus::Counter& input_discontinuities;
    prometheus::Counter& output_reconnects;
};

/// Values of the pipeline_state gauges.
inline constexpr double kPipelineStopped = 0;
inline constexpr double kPipelineRunning = 1;
inline constexpr double kPipelineError = 2;

}  // namespace livedub
