// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/sts_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace livedub::sts_session {
namespace {

constexpr auto kKeptAfterEnd = std::chrono::minutes{10};

/// Stream ids are the clients': more of them than this share one label.
constexpr std::size_t kMostStreams = 1'000;
constexpr const char* kOthers = "others";

/// A family whose samples are the streams' own: it has none before the first one.
struct Head {
    const char* name;
    const char* help;
};
constexpr Head kProcessing{"sts_fragment_processing_seconds",
                           "From the receipt of a fragment to its result, failures included."};
constexpr Head kInFlight{"sts_fragments_in_flight",
                         "Fragments taken whose result has not been sent."};
constexpr Head kQueueDepth{"sts_queue_depth", "Fragments taken that nobody works on yet."};
constexpr Head kErrors{"sts_fragment_errors_total", "Failed results, by stage and code."};

const prometheus::Histogram::BucketBoundaries& slow_buckets() {
    static const prometheus::Histogram::BucketBoundaries buckets{0.5, 1, 2, 4, 8, 16};
    return buckets;
}

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name,
                                                  const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Gauge>& gauges(prometheus::Registry& registry, const char* name,
                                              const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}
prometheus::Family<prometheus::Histogram>& histograms(prometheus::Registry& registry,
                                                      const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

/// What a label may hold without confusing simple readers.
std::string label_of(const std::string& text) {
    constexpr std::size_t kLongest = 128;
    auto end = std::min(text.size(), kLongest);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;  // not within a character: a page that is not UTF-8 is refused as a whole
    }
    std::string label = text.substr(0, end);
    std::ranges::replace_if(
        label, [](char c) { return c == '{' || c == '}' || c == '"' || c == '\\' || c == '\n'; },
        '_');
    return label;
}

double seconds(std::int64_t ms) {
    return static_cast<double>(ms) / 1'000.0;
}

}  // namespace

StsMetrics::StsMetrics(prometheus::Registry& registry, const Clock& clock, StageTimes stages)
    : clock_{clock},
      stages_{stages},
      processing_{histograms(registry, kProcessing.name, kProcessing.help)},
      processed_{counters(registry, "sts_fragments_processed_total", "Results sent, by status.")},
      in_flight_{gauges(registry, kInFlight.name, kInFlight.help)},
      queue_depth_{gauges(registry, kQueueDepth.name, kQueueDepth.help)},
      errors_{counters(registry, kErrors.name, kErrors.help)},
      asr_{histograms(registry, "sts_asr_duration_seconds", "Recognition, once per run.")
               .Add({}, slow_buckets())},
      translation_{
          histograms(registry, "sts_translation_duration_seconds", "Translation, once per run.")
              .Add({}, prometheus::Histogram::BucketBoundaries{0.1, 0.25, 0.5, 1, 2, 4})},
      tts_{histograms(registry, "sts_tts_duration_seconds", "Synthesis, once per run.")
               .Add({}, slow_buckets())},
      sessions_{
          gauges(registry, "sts_sessions_active", "Initialised streams now connected.").Add({})},
      models_loaded_{gauges(registry, "sts_models_loaded", "Engines that are loaded.").Add({})},
      timeouts_{counters(registry, "sts_timeouts_total", "Fragments that timed out, by stage.")},
      sequence_events_{counters(registry, "sts_sequence_events_total",
                                "Fragments out of the ordinary order, by kind.")},
      backpressure_{counters(registry, "sts_backpressure_events_total",
                             "Backpressure events sent, by severity.")},
      label_mismatches_{counters(registry, "sts_audio_label_mismatch_total",
                                 "Fragments whose labels contradict their sound.")
                            .Add({})},
      realtime_factor_{
          histograms(registry, "sts_realtime_factor", "Time of all stages per time of audio.")
              .Add({}, prometheus::Histogram::BucketBoundaries{0.05, 0.1, 0.2, 0.5, 0.8, 1, 1.5, 2,
                                                               4})},
      overrun_{histograms(registry, "sts_duration_overrun_percent",
                          "How much longer than its slot speech was after all speeding up.")
                   .Add({}, prometheus::Histogram::BucketBoundaries{0, 5, 10, 20, 50, 100})} {
    for (const auto* status : {"success", "partial", "failed"}) {
        processed_.Add({{"status", status}});
    }
    for (const auto* stage : {"asr", "translation", "tts", "pipeline"}) {
        timeouts_.Add({{"stage", stage}});
    }
    for (const auto* kind : {"duplicate", "out_of_order", "gap", "invalid"}) {
        sequence_events_.Add({{"kind", kind}});
    }
    for (const auto* severity : {"low", "medium", "high"}) {
        backpressure_.Add({{"severity", severity}});
    }
}

std::vector<FamilyHead> StsMetrics::heads() {
    using prometheus::MetricType;
    return {{kProcessing.name, kProcessing.help, MetricType::Histogram},
            {kInFlight.name, kInFlight.help, MetricType::Gauge},
            {kQueueDepth.name, kQueueDepth.help, MetricType::Gauge},
            {kErrors.name, kErrors.help, MetricType::Counter}};
}

std::string StsMetrics::label_for(const std::string& stream_id) const {
    auto label = label_of(stream_id);
    const bool is_other = in_others_.contains(label) ||
                          (!streams_.contains(label) && streams_.size() >= kMostStreams);
    return is_other ? kOthers : label;
}

StsMetrics::StreamSeries& StsMetrics::series_of(const std::string& stream_id) {
    const auto label = label_for(stream_id);
    auto& series = streams_[label];
    if (series.in_flight == nullptr) {
        series.in_flight = &in_flight_.Add({{"stream_id", label}});
        series.queued = &queue_depth_.Add({{"stream_id", label}});
    }
    return series;
}

void StsMetrics::on_stream_begin(const std::string& stream_id) {
    sessions_.Increment();
    ++series_of(stream_id).users;
    if (const auto label = label_of(stream_id); !streams_.contains(label)) {
        ++in_others_[label];  // until its end, even if there is room again by then
    }
}

void StsMetrics::on_stream_end(const std::string& stream_id) {
    sessions_.Decrement();
    auto& series = series_of(stream_id);
    --series.users;
    series.ended = clock_.now();
    const auto other = in_others_.find(label_of(stream_id));
    if (other != in_others_.end() && --other->second == 0) {
        in_others_.erase(other);
    }
}

void StsMetrics::on_load(const std::string& stream_id, int outstanding, int waiting) {
    auto& series = series_of(stream_id);
    series.in_flight->Increment(outstanding);
    series.queued->Increment(waiting);
}

void StsMetrics::on_delivered(const std::string& stream_id, const FinishedFragment& finished) {
    const auto& result = finished.result;
    const std::string status{to_string(result.status)};
    const auto label = label_for(stream_id);
    auto& series = series_of(stream_id);
    auto& times = series.times[status];
    if (times == nullptr) {
        times = &processing_.Add({{"status", status}, {"stream_id", label}}, slow_buckets());
    }
    times->Observe(seconds(result.processing_time_ms));
    processed_.Add({{"status", status}}).Increment();
    if (result.status == contract::ResultStatus::kFailed && result.error) {
        observe_error(series, label, *result.error);
    }
    if (stages_ == StageTimes::kObserved) {
        observe_stages(result);
    }
}

void StsMetrics::observe_error(StreamSeries& series, const std::string& label,
                               const contract::ProcessingError& error) {
    const auto stage = label_of(error.stage.value_or("none"));
    const auto code = label_of(error.code);
    auto& counter = series.errors[stage + "/" + code];
    if (counter == nullptr) {
        counter = &errors_.Add({{"stream_id", label}, {"stage", stage}, {"error_code", code}});
    }
    counter->Increment();
    if (code == "TIMEOUT") {
        timeouts_.Add({{"stage", stage}}).Increment();
    }
}

void StsMetrics::observe_stages(const contract::FragmentProcessed& result) {
    const auto& timings = result.stage_timings;
    const bool is_failed = result.status == contract::ResultStatus::kFailed;
    const bool is_silent = result.metadata && result.metadata->no_speech;
    if (result.transcript || timings.asr > 0) {
        asr_.Observe(seconds(timings.asr));
    }
    if ((result.translated_text && !is_silent) || timings.translation > 0) {
        translation_.Observe(seconds(timings.translation));
    }
    if ((!is_failed && !is_silent) || timings.tts > 0) {
        tts_.Observe(seconds(timings.tts));
    }
    if (result.metadata && result.metadata->original_duration_ms > 0) {
        realtime_factor_.Observe(
            static_cast<double>(timings.asr + timings.translation + timings.tts) /
            static_cast<double>(result.metadata->original_duration_ms));
        overrun_.Observe(result.metadata->duration_variance_percent);
    }
}

void StsMetrics::on_sequence_event(std::string_view kind) {
    sequence_events_.Add({{"kind", std::string{kind}}}).Increment();
}

void StsMetrics::on_backpressure(std::string_view severity) {
    backpressure_.Add({{"severity", std::string{severity}}}).Increment();
}

void StsMetrics::forget_ended() {
    const auto now = clock_.now();
    std::erase_if(streams_, [&](auto& entry) {
        auto& series = entry.second;
        if (series.users > 0 || now - series.ended < kKeptAfterEnd) {
            return false;
        }
        in_flight_.Remove(series.in_flight);
        queue_depth_.Remove(series.queued);
        for (const auto& [status, histogram] : series.times) {
            processing_.Remove(histogram);
        }
        for (const auto& [error, counter] : series.errors) {
            errors_.Remove(counter);
        }
        return true;
    });
}

}  // namespace livedub::sts_session
