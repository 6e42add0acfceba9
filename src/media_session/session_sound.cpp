// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The sound of a session: from packets to the mix, and what becomes of each fragment of it.

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dubbing/language.hpp"
#include "media_session/session_worker.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kNoAudioPatience{5};
/// Decisions come first, then the mix, then the moment itself.
constexpr milliseconds kDecidedAhead{500};
constexpr milliseconds kMixedAhead{350};
/// Long enough that the encoder wakes ten times a second, not forty; short against kMixedAhead.
constexpr milliseconds kMixStep{100};
/// After a stall the mix catches up in steps that the encoder's queue can take.
constexpr seconds kLargestMix{1};
constexpr seconds kShortestTail{1};
/// Sound may come this much later than the pictures, if the delay has room for it.
constexpr seconds kSoundPatience{2};

double seconds_of(StreamDuration duration) {
    return std::chrono::duration<double>{duration}.count();
}

std::optional<FallbackReason> reason_not_to_dub(const StreamOptions& options,
                                                const Dubber* dubber) {
    if (options.mode == StreamMode::kPassthrough) {
        return is_same_language(options.source_language, options.target_language)
                   ? FallbackReason::kSameLanguage
                   : FallbackReason::kPassthrough;
    }
    return dubber == nullptr ? std::optional{FallbackReason::kSkipSts} : std::nullopt;
}

/// What the metrics call the end of one fragment.
std::string_view status_of(const DubOutcome& outcome) {
    if (outcome.dub || outcome.fallback == FallbackReason::kNoSpeech) {
        return outcome.is_partial ? "partial" : "success";
    }
    const bool is_timeout = outcome.fallback == FallbackReason::kTimeout ||
                            outcome.fallback == FallbackReason::kDeadline;
    return is_timeout ? "timeout" : "failed";
}

}  // namespace

// From packets to sound ---------------------------------------------------------------------------

void StreamSession::Worker::handle_audio(DelayedUnit&& arrived) {
    const auto dts = arrived.timed.dts;
    auto& unit = arrived.timed.unit;
    // Once there is silence in its place, what comes late is encoded along with it.
    if (setup_.options.mode == StreamMode::kPassthrough && unit.codec == Codec::kAac &&
        !sound_.is_started()) {
        pass_sound(std::move(arrived));
        return;
    }
    const bool is_config = unit.kind == UnitKind::kAudioConfig;
    if (unit.codec != Codec::kUnsupported && is_config == needs_config(unit.codec)) {
        static const auto no_config = std::make_shared<const Bytes>();
        if (const auto configured = sound_.configure(
                unit.codec, is_config ? unit.payload : no_config, unit.coded_format);
            !configured) {
            note_undecodable(configured.error().message());
        }
        open_dubbing();
    }
    if (unit.kind != UnitKind::kAudioFrame || !sound_.is_started()) {
        return;
    }
    if (!sound_.decodes(unit.codec)) {
        if (!is_undecodable_noted_) {
            note_undecodable("sound of a kind, or without a configuration, that nothing decodes");
        }
    } else if (!sound_.decode(unit, dts)) {
        metrics_.count_error("audio_processing");
    }
}

/// The sound goes out as it came; whoever keeps segments gets the same packets.
void StreamSession::Worker::pass_sound(DelayedUnit&& arrived) {
    has_passed_sound_ = true;
    open_keeper();
    const auto dts = arrived.timed.dts;
    const auto& unit = arrived.timed.unit;
    cut_fragments(dts);  // up to here: this packet is the next one's
    if (dubbing_ && unit.kind == UnitKind::kAudioConfig) {
        if (const auto read = passed_sound_.configure(unit.payload); !read) {
            metrics_.count_error("audio_processing", read.error().message());
        }
    } else if (dubbing_) {
        passed_sound_.add(dts, unit.payload);
    }
    if (const auto dropped = passed_sound_.dropped(); dropped > passed_dropped_seen_) {
        passed_dropped_seen_ = dropped;
        metrics_.count_error("audio_processing", "packets that fit into no segment file");
    }
    delay_line_.push(std::move(arrived));
}

void StreamSession::Worker::note_undecodable(const std::string& why) {
    is_undecodable_noted_ = true;
    metrics_.count_error("audio_processing", why);
    logger("session")->warn("audio_not_decodable stream={} action=silence error=\"{}\"",
                            setup_.stream_id, why);
}

void StreamSession::Worker::supervise_sound(SteadyTime now) {
    const bool is_missing =
        !sound_.is_started() && !has_passed_sound_ && now - *first_unit_at_ >= kNoAudioPatience;
    if (is_missing) {
        metrics_.count_error("no_audio", "no audio in the first seconds");
        logger("session")->warn("no_audio stream={} action=\"silence until there is some\"",
                                setup_.stream_id);
        if (const auto started = sound_.start_silent(); !started) {
            end_because(EndKind::kFailed, started.error().message());
        }
        open_dubbing();
    }
}

void StreamSession::Worker::handle(PcmChunk&& chunk) {
    sound_.add(chunk);
    if (const auto seen = sound_.track().corrections(); seen > corrections_seen_) {
        metrics_.av_sync_corrections.Increment(static_cast<double>(seen - corrections_seen_));
        corrections_seen_ = seen;
    }
    if (!is_cut_when_mixed()) {
        cut_fragments(sound_.end());
    }
}

void StreamSession::Worker::handle(SoundFailed&& failed) {
    metrics_.count_error("audio_processing", failed.error.message());
    end_because(EndKind::kFailed, failed.error.message());
}

// From sound to the mix ---------------------------------------------------------------------------

void StreamSession::Worker::mix(SteadyTime now) {
    if (!sound_.is_started() || is_encoder_drained_) {
        return;
    }
    const auto mixed = sound_.mixed();
    auto until = pace_.moment(now + kMixedAhead - delay_);
    const bool is_last = input_ == Input::kFinal && until >= sound_.end();
    if (is_last) {
        until = sound_.end();
    }
    until = std::min(until, mixed + kLargestMix);
    if (until >= mixed + kMixStep || is_last) {
        announce_sound();
        sound_.mix_until(until);
        if (is_cut_when_mixed() && input_ == Input::kRunning) {
            cut_fragments(sound_.mixed());
        } else {
            ledger_.skip_to(sound_.mixed());
        }
        sound_.forget_before(ledger_.cut());
    }
    if (is_last && sound_.mixed() >= sound_.end()) {
        sound_.drain_encoder();
        is_encoder_drained_ = true;
        // What came out of it is in the mailbox and has to be in the delay line before the end is
        // seen.
        while (auto mail = mailbox_.pop_until(SteadyTime::min(), {})) {
            std::visit([this](auto& item) { handle(std::move(item)); }, *mail);
        }
        next_mix_at_.reset();
        return;
    }
    next_mix_at_ = due(sound_.mixed() + kMixStep) - kMixedAhead;
}

/// Viewers' decoders need the configuration before the first frame.
void StreamSession::Worker::announce_sound() {
    if (!is_sound_announced_) {
        is_sound_announced_ = true;
        const auto before_all = StreamTime{} - milliseconds{1};
        delay_line_.push({{before_all, sound_.output_config()}, pace_.instant(before_all)});
    }
}

void StreamSession::Worker::handle(gst::AacFrame&& frame) {
    const auto at = sound_.frame_time(frame);
    if (!at) {
        return;
    }
    EncodedUnit unit;
    unit.kind = UnitKind::kAudioFrame;
    unit.codec = Codec::kAac;
    unit.payload = std::move(frame.payload);
    delay_line_.push({{*at, std::move(unit)}, pace_.instant(*at), sound_.shift_at(*at)});
}

// Fragments ---------------------------------------------------------------------------------------

/// Once the format of the sound is known, because whoever dubs is told of it.
void StreamSession::Worker::open_dubbing() {
    const auto& options = setup_.options;
    if (dubbing_ || no_dub_reason_ || !sound_.is_started()) {
        return;
    }
    no_dub_reason_ = reason_not_to_dub(options, dubber_);
    if (no_dub_reason_) {
        open_keeper();
        return;
    }
    auto opened = dubber_->open({.stream_id = setup_.stream_id,
                                 .source_language = options.source_language,
                                 .target_language = options.target_language,
                                 .voice = options.voice,
                                 .domain_hints = options.domain_hints,
                                 .format = sound_.track().format(),
                                 .segment = options.segment,
                                 .sts_timeout = options.sts_timeout},
                                [this](DubOutcome outcome) { post(std::move(outcome)); });
    if (opened) {
        dubbing_ = std::move(*opened);
        return;
    }
    const bool is_refused = opened.error().code() == ErrorCode::kInvalidArgument;
    no_dub_reason_ = is_refused ? FallbackReason::kInitRejected : FallbackReason::kStsNotReady;
    metrics_.count_error("startup_failure", opened.error().message());
    logger("session")->warn("not_dubbed stream={} reason={} error=\"{}\"", setup_.stream_id,
                            to_string(*no_dub_reason_), opened.error().message());
    open_keeper();
}

/// For a stream that is not dubbed: its segments are kept all the same.
void StreamSession::Worker::open_keeper() {
    if (dubber_ == nullptr || std::exchange(is_keeper_asked_for_, true)) {
        return;
    }
    auto opened = dubber_->open_keeper(setup_.stream_id);
    if (opened) {
        dubbing_ = std::move(*opened);
        return;
    }
    metrics_.count_error("startup_failure", opened.error().message());
    logger("session")->warn("segments_not_kept stream={} error=\"{}\"", setup_.stream_id,
                            opened.error().message());
}

void StreamSession::Worker::cut_fragments(StreamTime available) {
    while (const auto cut = ledger_.next_cut(available)) {
        ask_for_dub(cut->first, cut->second);
    }
}

/// Sound that does not come must not keep a segment from its end: what is missing is silence.
void StreamSession::Worker::cut_without_sound(SteadyTime now) {
    if (input_ == Input::kRunning && !(is_cut_when_mixed() && sound_.is_started())) {
        // Where nobody is asked to dub there is no delay that a late packet could use up.
        const StreamDuration spare = delay_ - setup_.options.segment;
        const auto patience = has_passed_sound_ ? kSoundPatience
                                                : std::clamp<StreamDuration>(
                                                      spare / 4, milliseconds{0}, kSoundPatience);
        cut_fragments(pace_.moment(now) - patience);
    }
}

void StreamSession::Worker::cut_tail() {
    const auto available =
        sound_.is_started()
            ? sound_.end()
            : std::max(timeline_.head(), passed_sound_.end().value_or(StreamTime{}));
    cut_fragments(available);
    if (const auto tail = ledger_.tail(available)) {
        ask_for_dub(tail->first, tail->second);
    }
}

void StreamSession::Worker::ask_for_dub(StreamTime start, StreamTime end) {
    const OpenFragment fragment = ledger_.open(start, end, due(start) - kDecidedAhead);
    if (const auto reason = reason_not_to_ask(end - start)) {
        ledger_.close(fragment.number);
        keep_original(fragment);
        decide(fragment, reason, {.fragment = fragment.number});
        return;
    }
    dubbing_->request({fragment.number, sound_.cut(start, end)}, fragment.deadline);
}

std::optional<FallbackReason> StreamSession::Worker::reason_not_to_ask(
    StreamDuration length) const {
    if (const auto reason =
            no_dub_reason_ ? no_dub_reason_ : reason_not_to_dub(setup_.options, dubber_)) {
        return reason;
    }
    if (is_stopping_) {
        return FallbackReason::kStopping;
    }
    if (length < kShortestTail) {
        return FallbackReason::kShortTail;
    }
    return dubbing_ ? std::nullopt : std::optional{FallbackReason::kStsNotReady};
}

/// Nobody is to dub it, but whoever keeps what passes gets to see it.
void StreamSession::Worker::keep_original(const OpenFragment& fragment) {
    if (!dubbing_) {
        return;
    }
    if (sound_.is_started()) {
        dubbing_->keep({fragment.number, sound_.cut(fragment.start, fragment.end)});
    } else if (auto packets = passed_sound_.take_before(fragment.end)) {
        dubbing_->keep_packets(fragment.number, std::move(*packets));
    }
}

void StreamSession::Worker::handle(DubOutcome&& outcome) {
    if (outcome.was_asked && outcome.fallback != FallbackReason::kSkipSts) {
        metrics_.fragments_sent.Increment();
        metrics_.processing_latency.Observe(std::chrono::duration<double>{outcome.total}.count());
        metrics_.count_processed(status_of(outcome));
    }
    const auto fragment = ledger_.close(outcome.fragment);
    if (outcome.failure) {
        metrics_.count_error("sts_" + outcome.failure->code, outcome.detail);
    }
    if (!fragment) {
        metrics_.late_results.Increment(outcome.dub ? 1 : 0);
        return;  // decided at its deadline: too late to be heard
    }
    if (outcome.dub) {
        sound_.place(std::move(*outcome.dub), outcome.is_alone);
        outcome.dub.reset();
        decide(*fragment, std::nullopt, std::move(outcome));
    } else {
        const auto reason = outcome.fallback.value_or(FallbackReason::kNoAudioInResult);
        decide(*fragment, reason, std::move(outcome));
    }
}

void StreamSession::Worker::decide_overdue(SteadyTime now) {
    for (const auto& fragment : ledger_.close_overdue(now)) {
        decide(fragment, FallbackReason::kDeadline,
               {.fragment = fragment.number, .fallback = FallbackReason::kDeadline});
    }
}

/// The session stops: what has arrived since the last cut is a segment, too.
void StreamSession::Worker::cut_last_sound() {
    if (!pace_.is_set()) {
        return;
    }
    is_stopping_ = true;
    const auto take_arrived = [this] {
        while (auto mail = mailbox_.pop_until(SteadyTime::min(), {})) {
            if (auto* const chunk = std::get_if<PcmChunk>(&*mail)) {
                handle(std::move(*chunk));
            } else if (auto* const arrived = std::get_if<FromIngest>(&*mail)) {
                handle(std::move(*arrived));
            }
        }
    };
    take_arrived();
    sound_.drain_decoder();
    take_arrived();
    cut_tail();
}

/// The session stops: nobody waits for what is still open.
void StreamSession::Worker::abandon_fragments() {
    for (const auto& fragment : ledger_.close_overdue(SteadyTime::max())) {
        decide(fragment, FallbackReason::kStopping,
               {.fragment = fragment.number, .fallback = FallbackReason::kStopping});
    }
}

void StreamSession::Worker::decide(const OpenFragment& fragment,
                                   std::optional<FallbackReason> reason, DubOutcome outcome) {
    const double length = seconds_of(fragment.end - fragment.start);
    if (reason) {
        metrics_.count_fallback(*reason);
        metrics_.original_seconds.Increment(length);
    } else {
        metrics_.dubbed_seconds.Increment(length);
    }
    metrics_.audio_segments.Increment();
    metrics_.video_segments.Increment();
    on_decided_({.stream_id = setup_.stream_id,
                 .source_language = setup_.options.source_language,
                 .target_language = setup_.options.target_language,
                 .start = fragment.start,
                 .end = fragment.end,
                 .reason = reason,
                 .outcome = std::move(outcome)});
}

}  // namespace livedub
