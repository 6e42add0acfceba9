// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers a stream exports (external contract, section 5: media_service_worker_*).

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "base/mutex.hpp"
#include "dubbing/fallback_reason.hpp"
#include "telemetry/metrics.hpp"

namespace livedub {

/// The families; one per process, so that HELP and TYPE are there before the first stream.
/// Thread-safe.
class MediaMetrics {
  public:
    explicit MediaMetrics(prometheus::Registry& registry);

    /// What each family is called, for expose().
    [[nodiscard]] std::span<const FamilyHead> heads() const noexcept { return heads_; }

    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

  private:
    Counters& counters(prometheus::Registry& registry, std::string_view name,
                       std::string_view help);
    Gauges& gauges(prometheus::Registry& registry, std::string_view name, std::string_view help);
    Histograms& histograms(prometheus::Registry& registry, std::string_view name,
                           std::string_view help);

    std::vector<FamilyHead> heads_;  // before the families, whose making fills it

  public:
    prometheus::Gauge& active_streams;
    prometheus::Gauge& degraded_streams;
    Counters& segments_processed;
    Counters& segments_bytes;
    Counters& fragments_sent;
    Counters& fragments_processed;
    Histograms& processing_latency;
    Counters& late_results;
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
    Counters& restarts;
};

/// A stream's numbers so far, for a page.
struct StreamCounts {
    double segments = 0;
    double fragments_sent = 0;
    double dubbed_seconds = 0;
    double original_seconds = 0;
    double restarts = 0;
    double input_discontinuities = 0;
    double output_reconnects = 0;
    std::uint64_t fallbacks = 0;
    std::uint64_t errors = 0;
    double output_lag_ms = 0;
    double output_delay_target_ms = 0;
    double av_offset_ms = 0;
};

/// The series of one stream; they go when this does. Members: the session's thread unless they say
/// otherwise; destruction: any, after it.
class StreamMetrics {
  public:
    StreamMetrics(MediaMetrics& families, const std::string& stream_id);
    ~StreamMetrics();
    StreamMetrics(const StreamMetrics&) = delete;
    StreamMetrics& operator=(const StreamMetrics&) = delete;

    void count_fallback(FallbackReason reason);
    /// @param type startup_failure, input, no_audio, video_processing, audio_processing, output,
    /// ...
    /// @param why One line for a person; kept as the last error. Any thread.
    void count_error(std::string_view type, std::string_view why = {}) LIVEDUB_EXCLUDES(mutex_);
    /// @param status success, partial, failed or timeout.
    void count_processed(std::string_view status);

    /// Any thread.
    [[nodiscard]] StreamCounts counts() const;
    /// The last error, as "type: why"; empty when there was none. Any thread.
    [[nodiscard]] std::string last_error() const LIVEDUB_EXCLUDES(mutex_);

  private:
    template <typename Family>
    auto& add(Family& family, std::string_view label = {}, std::string_view value = {});
    prometheus::Counter& labelled(MediaMetrics::Counters& family, std::string_view label,
                                  std::string_view value) LIVEDUB_EXCLUDES(mutex_);

    // Given at construction; outlives this.
    MediaMetrics& families_;

    // Constant after construction.
    const std::string stream_id_;

    std::vector<std::function<void()>> removals_;  // under the mutex once it is constructed

    // Any thread.
    std::atomic<std::uint64_t> fallbacks_{0};
    std::atomic<std::uint64_t> errors_{0};
    mutable Mutex mutex_;
    std::string last_error_ LIVEDUB_GUARDED_BY(mutex_);
    // Made when first counted.
    std::map<std::string, prometheus::Counter*, std::less<>> labelled_ LIVEDUB_GUARDED_BY(mutex_);

  public:
    prometheus::Counter& audio_segments;
    prometheus::Counter& video_segments;
    prometheus::Counter& audio_bytes;
    prometheus::Counter& video_bytes;
    prometheus::Counter& fragments_sent;
    prometheus::Histogram& processing_latency;
    prometheus::Counter& late_results;  // any thread
    /// av_offset_ms: (output PTS - input PTS) of the sound minus the same of the picture, of what
    /// was handed to the muxer last (AvOffset). av_sync_delta_ms is its absolute value.
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
    prometheus::Counter& restarts;
};

/// Values of the pipeline_state gauges.
inline constexpr double kPipelineStopped = 0;
inline constexpr double kPipelineRunning = 1;
inline constexpr double kPipelineError = 2;

}  // namespace livedub
