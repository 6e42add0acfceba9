// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The loop, the input and the output of a session. The sound and the fragments are in
// session_sound.cpp.

#include "media_session/session_worker.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/thread_name.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kMailboxCapacity = 4096;
constexpr std::size_t kDelayLineBytes = 256U << 20U;
/// The sound held beyond the delay: what has arrived but is not cut yet, and some slack.
constexpr seconds kExtraSound{5};

constexpr seconds kGoneRetry{2};
/// The last of what a publisher sent may come after the news that it left.
constexpr seconds kLastWords{2};

/// Units due within this leave together: a picture takes the sound around it along, and half of the
/// wake-ups on the way to the network are saved.
constexpr milliseconds kBatch{15};
constexpr milliseconds kIdleWakeup{200};
/// The output connects this long before the first unit is due, so that it leaves on time.
constexpr milliseconds kConnectAhead{300};

}  // namespace

StreamSession::Worker::Worker(StreamSetup setup, Dubber* dubber, StreamMetrics& metrics,
                              const Clock& clock, OnDecided on_decided, OnEnded on_ended,
                              OnInput on_input)
    : dubber_{dubber},
      metrics_{metrics},
      clock_{clock},
      setup_{std::move(setup)},
      delay_{setup_.options.effective_delay()},
      on_decided_{std::move(on_decided)},
      on_ended_{std::move(on_ended)},
      on_input_{std::move(on_input)},
      mailbox_{kMailboxCapacity},
      delay_line_{kDelayLineBytes},
      ledger_{setup_.options.segment},
      sound_{setup_.options.mix,
             delay_ + setup_.options.segment + kExtraSound,
             {.on_pcm = [this](PcmChunk chunk) { post(std::move(chunk)); },
              .on_frame = [this](gst::AacFrame frame) { post(std::move(frame)); },
              .on_error = [this](Error error) { post(SoundFailed{std::move(error)}); }}},
      output_{setup_.output_url, metrics,
              [this](std::uint64_t connection, Error error) {
                  post(OutputLost{connection, std::move(error)});
              }},
      thread_{[this](const std::stop_token& stop) { run(stop); }} {}

void StreamSession::Worker::post(Mail mail) {
    if (mailbox_.push_evicting(std::move(mail))) {
        mail_lost_.fetch_add(1, std::memory_order_relaxed);
    }
}

void StreamSession::Worker::run(const std::stop_token& stop) {
    name_this_thread("dub-ses-" + setup_.stream_id);
    metrics_.output_delay_target_ms.Set(static_cast<double>(delay_.count()));
    started_ = clock_.now();
    connect_input();

    while (!stop.stop_requested() && !end_) {
        auto mail = mailbox_.pop_until(next_wakeup(clock_.now()), stop);
        if (mail) {
            std::visit([this](auto& item) { handle(std::move(item)); }, *mail);
        }
        tick(clock_.now());
    }

    ingest_.reset();
    abandon_fragments();
    if (stop.stop_requested()) {
        cut_last_sound();
    }
    dubbing_.reset();
    output_.finish();
    const bool has_failed = end_ && end_->kind != EndKind::kPlayedOut;
    metrics_.input_state.Set(has_failed ? kPipelineError : kPipelineStopped);
    if (!stop.stop_requested()) {
        on_ended_(*end_);
    }
}

SteadyTime StreamSession::Worker::next_wakeup(SteadyTime now) const {
    SteadyTime wakeup = now + kIdleWakeup;
    if (const auto next = delay_line_.next(); next && pace_.is_set()) {
        wakeup = std::min(wakeup, due(*next));
    }
    if (next_mix_at_) {
        wakeup = std::min(wakeup, *next_mix_at_);
    }
    return wakeup;
}

void StreamSession::Worker::tick(SteadyTime now) {
    if (const auto lost = mail_lost_.exchange(0, std::memory_order_relaxed); lost > 0) {
        metrics_.count_error("run_loop");
        logger("session")->warn("overloaded stream={} lost={}", setup_.stream_id, lost);
    }
    supervise_input(now);
    if (!pace_.is_set()) {
        return;
    }
    supervise_sound(now);
    cut_without_sound(now);
    decide_overdue(now);
    mix(now);
    send_due(now);
    if (input_ == Input::kFinal && is_played_out()) {
        end_because(EndKind::kPlayedOut, "the publisher left");
    }
}

void StreamSession::Worker::end_because(EndKind kind, std::string why) {
    if (!end_) {
        end_ = End{std::move(why), kind};
    }
}

void StreamSession::Worker::tell_input(bool is_running) {
    if (on_input_) {
        on_input_(is_running);
    }
}

// Input -------------------------------------------------------------------------------------------

void StreamSession::Worker::connect_input() {
    reconnect_input_at_.reset();
    drop_input();
    const auto connection = connection_;
    auto ingest =
        gst::RtmpIngest::start(setup_.input_url, [this, connection](gst::IngestItem item) {
            post(FromIngest{connection, std::move(item)});
        });
    if (!ingest) {
        metrics_.count_error("startup_failure", ingest.error().message());
        end_because(EndKind::kFailed, ingest.error().message());
        return;
    }
    ingest_ = std::move(*ingest);
}

void StreamSession::Worker::drop_input() {
    ingest_.reset();
    ++connection_;
}

void StreamSession::Worker::handle(FromIngest&& mail) {
    if (mail.connection == connection_) {
        std::visit([this](auto& item) { handle(std::move(item)); }, mail.item);
    }
}

void StreamSession::Worker::handle(gst::ArrivedUnit&& arrived) {
    const auto arrival = arrived.arrival;
    auto& unit = arrived.unit;
    if (input_ != Input::kRunning) {
        logger("session")->info("input_running stream={}", setup_.stream_id);
        input_ = Input::kRunning;
        input_backoff_.succeed();
        metrics_.input_state.Set(kPipelineRunning);
        tell_input(true);
    }
    if (unit.is_video() && unit.codec != Codec::kH264) {
        constexpr const char* kWhy = "unsupported_video_codec: only H.264 is passed on";
        metrics_.count_error("input", kWhy);
        end_because(EndKind::kUnsupported, kWhy);
        return;
    }
    if (unit.kind == UnitKind::kMetadata) {  // carries no time of its own
        delay_line_.push({{timeline_.head(), std::move(unit)}, arrival});
        return;
    }

    const auto track = unit.is_video() ? Track::kVideo : Track::kAudio;
    if (unit.kind == UnitKind::kVideoConfig || unit.kind == UnitKind::kAudioConfig) {
        // Some servers stamp it 0 whatever the time of the frames is: it belongs to the next one.
        TimedUnit timed{timeline_.last(track), std::move(unit)};
        if (track == Track::kAudio) {
            handle_audio({std::move(timed), arrival});
        } else {
            delay_line_.push({std::move(timed), arrival});
        }
        return;
    }
    const auto live_edge = pace_.is_set() ? pace_.moment(arrival) : StreamTime{};
    auto place = timeline_.place(track, unit.timestamp_ms, live_edge);
    pace_.arrived(place.dts, arrival);
    if (const auto stall = pace_.take_stall(); stall.count() > 0) {
        timeline_.postpone(std::chrono::duration_cast<milliseconds>(stall));
        place = timeline_.place(track, unit.timestamp_ms, live_edge);
        place.is_discontinuity = true;
    }
    if (!first_unit_at_) {
        first_unit_at_ = arrival;
    }
    if (place.is_discontinuity) {
        metrics_.input_discontinuities.Increment();
        sound_.jumped(place.dts);
        logger("session")->info("timestamps_jumped stream={} at_ms={}", setup_.stream_id,
                                place.dts.time_since_epoch() / milliseconds{1});
    }
    TimedUnit timed{place.dts, std::move(unit)};
    const auto shift = place.dts - place.stamped;
    if (track == Track::kAudio) {
        handle_audio({std::move(timed), arrival, shift});
    } else {
        delay_line_.push({std::move(timed), arrival, shift});
        metrics_.buffer_video.Set(static_cast<double>(delay_line_.video_units()));
    }
}

void StreamSession::Worker::handle(gst::IngestEnd&& end) {
    ingest_.reset();
    const auto now = clock_.now();
    if (input_ == Input::kRunning) {
        logger("session")->info("input_ended stream={} error=\"{}\"", setup_.stream_id,
                                end.error ? end.error->message() : "");
        if (end.error) {
            metrics_.count_error("input", end.error->message());
        }
        input_ended();
        if (has_publisher_ && !ingest_) {  // it may have been announced, and be asked already
            reconnect_input_at_ = is_another_waiting_ ? now : now + kGoneRetry;
        }
        is_another_waiting_ = false;
        return;
    }
    if (input_ != Input::kConnecting) {
        if (has_publisher_ && input_ == Input::kGone) {
            reconnect_input_at_ = now + kGoneRetry;
        }
        return;
    }
    reconnect_input_at_ = now + input_backoff_.next();
    no_input_why_ = end.error ? end.error->message() : "the input has no publisher";
}

void StreamSession::Worker::input_ended() {
    input_ = Input::kGone;
    gone_since_ = clock_.now();
    cut_off_at_.reset();
    metrics_.input_state.Set(kPipelineStopped);
    tell_input(false);
    if (!pace_.is_set()) {
        return;
    }
    // The drain below puts the last chunks into the mailbox; the tail is cut after them.
    sound_.drain_decoder();
    while (auto mail = mailbox_.pop_until(SteadyTime::min(), {})) {
        std::visit([this](auto& item) { handle(std::move(item)); }, *mail);
    }
    cut_tail();
}

void StreamSession::Worker::handle(PublisherArrived&& /*arrived*/) {
    has_publisher_ = true;
    arrived_at_ = clock_.now();
    cut_off_at_.reset();
    if (input_ == Input::kRunning) {
        is_another_waiting_ = true;
    } else if (!ingest_ && !is_encoder_drained_) {
        connect_input();
    }
}

void StreamSession::Worker::handle(PublisherLeft&& /*left*/) {
    has_publisher_ = false;
    arrived_at_.reset();
    is_another_waiting_ = false;
    reconnect_input_at_.reset();
    cut_off_at_ = clock_.now() + (ingest_ ? kLastWords : seconds{0});
}

void StreamSession::Worker::supervise_input(SteadyTime now) {
    if (cut_off_at_ && now >= *cut_off_at_) {
        cut_off_at_.reset();
        drop_input();
        if (input_ == Input::kConnecting || input_ == Input::kRunning) {
            input_ended();
        }
    }
    if (input_ == Input::kConnecting && now - started_ >= setup_.options.ready_timeout) {
        const auto why = "no_input: " + no_input_why_;
        metrics_.count_error("startup_failure", why);
        end_because(EndKind::kNoInput, why);
        return;
    }
    // A publisher that is back in time gets the time that every publisher has to begin.
    const bool is_awaited = arrived_at_ && *arrived_at_ >= gone_since_ &&
                            now - *arrived_at_ < setup_.options.ready_timeout;
    if (input_ == Input::kGone && !is_awaited && now - gone_since_ >= setup_.options.grace) {
        input_ = Input::kFinal;
        drop_input();
        reconnect_input_at_.reset();
        if (!pace_.is_set()) {
            end_because(EndKind::kPlayedOut, "the publisher left");
        }
    }
    if (reconnect_input_at_ && now >= *reconnect_input_at_) {
        connect_input();
    }
}

// Output ------------------------------------------------------------------------------------------

void StreamSession::Worker::send_due(SteadyTime now) {
    // Players, and MediaMTX, take what a stream has not got at its beginning for what it never has.
    const bool is_sound_known = sound_.is_started() || has_passed_sound_;
    const auto next = delay_line_.next();
    if (is_sound_known && next && due(*next) - kConnectAhead <= now) {
        output_.connect(now);
    }
    const StreamTime moment = pace_.moment(now + kBatch - delay_);
    while (const auto unit = delay_line_.pop(moment)) {
        output_.send(*unit, now);
    }
    if (const auto dropped = delay_line_.dropped(); dropped > dropped_seen_) {
        dropped_seen_ = dropped;
        metrics_.count_error("video_processing", "pictures did not fit into the delay line");
    }
    metrics_.buffer_video.Set(static_cast<double>(delay_line_.video_units()));
    metrics_.buffer_audio.Set(static_cast<double>(delay_line_.audio_units()));
}

void StreamSession::Worker::handle(OutputLost&& lost) {
    output_.lost(lost.connection, lost.error, clock_.now());
}

bool StreamSession::Worker::is_played_out() const {
    const bool is_mixed = !sound_.is_started() || is_encoder_drained_;
    return is_mixed && delay_line_.is_empty();
}

}  // namespace livedub
