// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/stream_metrics.hpp"

#include <algorithm>
#include <cctype>
#include <type_traits>

#include <fmt/format.h>

namespace livedub {
namespace {

const prometheus::Histogram::BucketBoundaries kLatencyBuckets{0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15};

std::string worker(std::string_view name) {
    return "media_service_worker_" + std::string{name};
}

/// Codes may come from a peer; a label takes only what a code looks like.
std::string label_of(std::string_view type) {
    constexpr std::size_t kLongest = 64;
    const bool is_plain = type.size() <= kLongest && std::ranges::all_of(type, [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '_';
                          });
    return is_plain ? std::string{type} : "sts_UNKNOWN";
}

}  // namespace

MediaMetrics::Counters& MediaMetrics::counters(prometheus::Registry& registry,
                                               std::string_view name, std::string_view help) {
    heads_.push_back({worker(name), std::string{help}, prometheus::MetricType::Counter});
    return prometheus::BuildCounter().Name(worker(name)).Help(std::string{help}).Register(registry);
}

MediaMetrics::Gauges& MediaMetrics::gauges(prometheus::Registry& registry, std::string_view name,
                                           std::string_view help) {
    heads_.push_back({worker(name), std::string{help}, prometheus::MetricType::Gauge});
    return prometheus::BuildGauge().Name(worker(name)).Help(std::string{help}).Register(registry);
}

MediaMetrics::Histograms& MediaMetrics::histograms(prometheus::Registry& registry,
                                                   std::string_view name, std::string_view help) {
    heads_.push_back({worker(name), std::string{help}, prometheus::MetricType::Histogram});
    return prometheus::BuildHistogram()
        .Name(worker(name))
        .Help(std::string{help})
        .Register(registry);
}

MediaMetrics::MediaMetrics(prometheus::Registry& registry)
    : active_streams{prometheus::BuildGauge()
                         .Name("media_service_active_streams")
                         .Help("Streams with a session")
                         .Register(registry)
                         .Add({})},
      degraded_streams{prometheus::BuildGauge()
                           .Name("media_service_degraded_streams")
                           .Help("Streams that failed too often and wait for their next publisher")
                           .Register(registry)
                           .Add({})},
      segments_processed{
          counters(registry, "segments_processed_total", "Segments decided, by type")},
      segments_bytes{counters(registry, "segments_bytes_total", "Encoded bytes sent out, by type")},
      fragments_sent{
          counters(registry, "sts_fragments_sent_total", "Fragments handed over to be dubbed")},
      fragments_processed{counters(registry, "sts_fragments_processed_total",
                                   "Fragments that came back, by status")},
      processing_latency{histograms(registry, "sts_processing_latency_seconds",
                                    "From handing a fragment over to its outcome")},
      late_results{counters(registry, "sts_results_late_total",
                            "Dubs that came after their fragment was decided: stored, not played")},
      av_sync_delta{gauges(registry, "av_sync_delta_ms", "Absolute value of av_offset_ms")},
      av_offset{gauges(registry, "av_offset_ms",
                       "Audio minus video at the muxer: output less input PTS of each")},
      av_sync_corrections{
          counters(registry, "av_sync_corrections_total", "Times sound was moved to stay in sync")},
      buffer_video{gauges(registry, "av_buffer_video_size", "Video units in the delay line")},
      buffer_audio{gauges(registry, "av_buffer_audio_size", "Audio units in the delay line")},
      output_lag{gauges(registry, "output_lag_ms", "From arrival of a picture to its publication")},
      output_delay_target{gauges(registry, "output_delay_target_ms", "The constant delay D")},
      fallback{counters(registry, "fallback_total", "Fragments that played original audio")},
      dubbed_seconds{counters(registry, "dubbed_seconds_total", "Seconds of dubbed fragments")},
      original_seconds{
          counters(registry, "original_seconds_total", "Seconds of original fragments")},
      errors{counters(registry, "errors_total", "Errors by type")},
      pipeline_state{
          gauges(registry, "pipeline_state", "0 stopped, 1 running, 2 error, by pipeline")},
      input_discontinuities{
          counters(registry, "input_discontinuities_total", "Jumps of the sender's timestamps")},
      output_reconnects{
          counters(registry, "output_reconnects_total", "Times the output had to be reconnected")},
      restarts{counters(registry, "restarts_total", "Sessions started again after a failure")} {}

template <typename Family>
auto& StreamMetrics::add(Family& family, std::string_view label, std::string_view value) {
    prometheus::Labels labels{{"stream_id", stream_id_}};
    if (!label.empty()) {
        labels.emplace(label, value);
    }
    auto& made = [&]() -> auto& {
        if constexpr (std::is_same_v<Family, MediaMetrics::Histograms>) {
            return family.Add(labels, kLatencyBuckets);
        } else {
            return family.Add(labels);
        }
    }
    ();
    removals_.emplace_back([&family, &made] { family.Remove(&made); });
    return made;
}

StreamMetrics::StreamMetrics(MediaMetrics& families, const std::string& stream_id)
    : families_{families},
      stream_id_{stream_id},
      audio_segments{add(families.segments_processed, "type", "audio")},
      video_segments{add(families.segments_processed, "type", "video")},
      audio_bytes{add(families.segments_bytes, "type", "audio")},
      video_bytes{add(families.segments_bytes, "type", "video")},
      fragments_sent{add(families.fragments_sent)},
      processing_latency{add(families.processing_latency)},
      late_results{add(families.late_results)},
      av_sync_delta_ms{add(families.av_sync_delta)},
      av_offset_ms{add(families.av_offset)},
      av_sync_corrections{add(families.av_sync_corrections)},
      buffer_video{add(families.buffer_video)},
      buffer_audio{add(families.buffer_audio)},
      output_lag_ms{add(families.output_lag)},
      output_delay_target_ms{add(families.output_delay_target)},
      dubbed_seconds{add(families.dubbed_seconds)},
      original_seconds{add(families.original_seconds)},
      input_state{add(families.pipeline_state, "pipeline", "input")},
      output_state{add(families.pipeline_state, "pipeline", "output")},
      input_discontinuities{add(families.input_discontinuities)},
      output_reconnects{add(families.output_reconnects)},
      restarts{add(families.restarts)} {}

StreamMetrics::~StreamMetrics() {
    for (const auto& remove : removals_) {
        remove();
    }
}

prometheus::Counter& StreamMetrics::labelled(MediaMetrics::Counters& family, std::string_view label,
                                             std::string_view value) {
    const MutexLock lock{mutex_};
    auto& series = labelled_[fmt::format("{}={}", label, value)];
    if (series == nullptr) {
        series = &add(family, label, value);
    }
    return *series;
}

void StreamMetrics::count_fallback(FallbackReason reason) {
    ++fallbacks_;
    labelled(families_.fallback, "reason", to_string(reason)).Increment();
}

void StreamMetrics::count_error(std::string_view type, std::string_view why) {
    const auto label = label_of(type);
    ++errors_;
    labelled(families_.errors, "error_type", label).Increment();
    const MutexLock lock{mutex_};
    last_error_ = why.empty() ? label : fmt::format("{}: {}", label, why);
}

void StreamMetrics::count_processed(std::string_view status) {
    labelled(families_.fragments_processed, "status", status).Increment();
}

StreamCounts StreamMetrics::counts() const {
    return {.segments = audio_segments.Value(),
            .fragments_sent = fragments_sent.Value(),
            .dubbed_seconds = dubbed_seconds.Value(),
            .original_seconds = original_seconds.Value(),
            .restarts = restarts.Value(),
            .input_discontinuities = input_discontinuities.Value(),
            .output_reconnects = output_reconnects.Value(),
            .fallbacks = fallbacks_,
            .errors = errors_,
            .output_lag_ms = output_lag_ms.Value(),
            .output_delay_target_ms = output_delay_target_ms.Value(),
            .av_offset_ms = av_offset_ms.Value()};
}

std::string StreamMetrics::last_error() const {
    const MutexLock lock{mutex_};
    return last_error_;
}

}  // namespace livedub
