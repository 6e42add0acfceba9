// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/output.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kBackoff{seconds{1}, seconds{2}, seconds{4}, seconds{5}};
/// A connection that lasted so long had been made. That it takes packets says nothing: it queues
/// them before it knows whether anybody is there.
constexpr seconds kSteady{10};

std::uint32_t rtmp_timestamp(StreamTime time) {
    const auto ms = std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, ms));  // wraps at 2^32 as RTMP does
}

double ms(SteadyDuration duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

}  // namespace

Output::Output(std::string url, StreamMetrics& metrics, OnLost on_lost)
    : metrics_{metrics}, url_{std::move(url)}, on_lost_{std::move(on_lost)} {}

void Output::connect(SteadyTime now) {
    if (!reconnect_at_ || now < *reconnect_at_) {
        return;
    }
    reconnect_at_.reset();
    connected_at_ = now;
    ++connection_;
    if (connection_ > 1) {
        metrics_.output_reconnects.Increment();
    }
    is_waiting_for_keyframe_ = true;
    auto started = gst::RtmpEgress::start(url_, [this, connection = connection_](Error error) {
        on_lost_(connection, std::move(error));
    });
    if (!started) {
        lost(connection_, started.error(), now);
        return;
    }
    egress_ = std::move(*started);
    metrics_.output_state.Set(kPipelineRunning);
}

void Output::lost(std::uint64_t connection, const Error& error, SteadyTime now) {
    if (connection != connection_ || reconnect_at_) {
        return;
    }
    if (now - connected_at_ >= kSteady) {
        failures_ = 0;
    }
    const auto wait =
        kBackoff[std::min<std::size_t>(static_cast<std::size_t>(failures_), kBackoff.size() - 1)];
    ++failures_;
    egress_.reset();
    reconnect_at_ = now + wait;
    metrics_.output_state.Set(kPipelineError);
    metrics_.count_error("output", error.message());
    logger("session")->warn("output_lost url={} retry_s={} error=\"{}\"", without_credentials(url_),
                            wait.count(), without_credentials(error.message()));
}

void Output::send(const DelayedUnit& unit, SteadyTime now) {
    const auto& encoded = unit.timed.unit;
    switch (encoded.kind) {
        case UnitKind::kMetadata:
            metadata_ = encoded;
            break;
        case UnitKind::kVideoConfig:
            video_config_ = encoded;
            break;
        case UnitKind::kAudioConfig:
            audio_config_ = encoded;
            break;
        case UnitKind::kVideoFrame:
        case UnitKind::kAudioFrame:
            break;
    }
    if (!egress_ || (is_waiting_for_keyframe_ && !open_with(unit))) {
        return;
    }
    if (!push(encoded, unit.timed.dts)) {
        is_waiting_for_keyframe_ = true;  // the peer is too slow: go on at the next keyframe
        metrics_.count_error("output");
        return;
    }
    if (encoded.kind == UnitKind::kVideoFrame || (!video_config_ && encoded.is_audio())) {
        metrics_.output_lag_ms.Set(ms(now - unit.arrival));
    }
    measure(unit);
    (encoded.is_video() ? metrics_.video_bytes : metrics_.audio_bytes)
        .Increment(static_cast<double>(encoded.payload->size()));
}

void Output::measure(const DelayedUnit& unit) {
    const auto kind = unit.timed.unit.kind;
    if (kind != UnitKind::kVideoFrame && kind != UnitKind::kAudioFrame) {
        return;
    }
    // The composition offset of a picture is in both times; the muxer counts whole milliseconds.
    const auto told = std::chrono::floor<milliseconds>(unit.timed.dts);
    av_offset_.sent(kind == UnitKind::kVideoFrame ? Track::kVideo : Track::kAudio,
                    told - unit.timed.dts + unit.shift);
    if (const auto offset = av_offset_.value()) {
        const double offset_ms = ms(*offset);
        metrics_.av_offset_ms.Set(offset_ms);
        metrics_.av_sync_delta_ms.Set(std::abs(offset_ms));
    }
}

/// Begins a connection if `unit` can be its first frame.
bool Output::open_with(const DelayedUnit& unit) {
    const auto& encoded = unit.timed.unit;
    const bool is_first = video_config_
                              ? encoded.kind == UnitKind::kVideoFrame && encoded.is_keyframe
                              : encoded.kind == UnitKind::kAudioFrame;
    if (!is_first) {
        return false;
    }
    for (const auto* header : {&metadata_, &video_config_, &audio_config_}) {
        if (*header && !push(**header, unit.timed.dts)) {
            return false;
        }
    }
    is_waiting_for_keyframe_ = false;
    return true;
}

bool Output::push(const EncodedUnit& unit, StreamTime at) {
    return egress_->push(unit, rtmp_timestamp(at));
}

void Output::finish() {
    if (egress_) {
        egress_->finish();
        egress_.reset();
    }
    reconnect_at_.reset();
    ++connection_;  // whatever the old one still reports is stale
    metrics_.output_state.Set(kPipelineStopped);
}

}  // namespace livedub
