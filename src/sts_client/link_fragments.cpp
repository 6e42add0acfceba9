// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

// The fragments' half of LinkCore: asked for, sent, answered, given up.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "contract/error_codes.hpp"
#include "sts_client/link_core.hpp"
#include "sts_client/outcomes.hpp"

namespace livedub::sts_client {
namespace {

/// A fragment that had less time than this with the server says nothing about the server.
constexpr std::chrono::milliseconds kFairTrial{1'000};

/// With less time than this to its deadline a fragment is not sent: nobody dubs that fast, and
/// there is better work.
constexpr std::chrono::milliseconds kLeastChance{200};

std::chrono::milliseconds since(SteadyTime begin, SteadyTime now) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - begin);
}

}  // namespace

void LinkCore::request(Fragment fragment, SteadyTime deadline) {
    if (phase_ == Phase::kEnding || phase_ == Phase::kClosed) {
        return;
    }
    const auto number = fragment.number;
    if (phase_ == Phase::kWaiting || phase_ == Phase::kGivenUp) {
        refuse(number, absent_reason_, "no session");
        return;
    }
    const auto attempt = breaker_.admit();
    if (!attempt) {
        ++counts_.breaker_fallbacks;
        refuse(number, FallbackReason::kBreakerOpen, "too many failures in a row");
        return;
    }
    PendingFragment pending;
    pending.number = number;
    pending.shape = {.start = fragment.audio.start(),
                     .format = fragment.audio.format(),
                     .frames = fragment.audio.frames()};
    pending.attempt = *attempt;
    pending.requested = sources_.clock.now();
    pending.deadline = deadline;
    if (!pending_.add(std::move(pending))) {
        breaker_.abandon(*attempt);
        refuse(number, FallbackReason::kInflightLimit, "too many fragments wait");
        return;
    }
    if (phase_ == Phase::kIdle) {
        format_ = clip_format(fragment.audio.format());
        connect();
    }
    emit(action::Prepare{std::move(fragment)});
    advance();
}

void LinkCore::refuse(std::uint64_t number, FallbackReason reason, std::string detail) {
    DubOutcome outcome;
    outcome.fragment = number;
    outcome.was_asked = false;
    outcome.fallback = reason;
    outcome.detail = std::move(detail);
    emit(action::Settle{std::move(outcome)});
}

void LinkCore::prepared(std::uint64_t number, Result<std::string> clip) {
    auto* fragment = pending_.by_number(number);
    if (fragment == nullptr || fragment->state != PendingFragment::State::kPreparing) {
        return;
    }
    if (clip) {
        fragment->clip = std::move(*clip);
        fragment->state = PendingFragment::State::kPrepared;
    } else {
        DubOutcome outcome;
        outcome.fallback = FallbackReason::kSendError;
        outcome.detail = clip.error().message();
        settle(number, std::move(outcome), Evidence::kNone);
    }
    advance();
}

void LinkCore::send_what_may_go() {
    if (phase_ != Phase::kReady) {
        return;
    }
    for (auto* next = pending_.next_to_send();
         next != nullptr && next->state == PendingFragment::State::kPrepared;
         next = pending_.next_to_send()) {
        const auto verdict = window_.verdict(pending_.outstanding());
        if (verdict != SendVerdict::kOpen) {
            pending_.mark_held(verdict);
            return;
        }
        if (next->deadline - sources_.clock.now() < kLeastChance) {
            expire_one(*next);
        } else {
            send(*next);
        }
    }
}

void LinkCore::send(PendingFragment& fragment) {
    fragment.id = sources_.make_id();
    fragment.sent = sources_.clock.now();
    fragment.state = PendingFragment::State::kSent;
    const auto& shape = fragment.shape;
    contract::FragmentData data;
    data.fragment_id = fragment.id;
    data.stream_id = options_.stream_id;
    data.sequence_number = sequence_++;
    data.timestamp = sources_.unix_ms();
    data.pts_ns = shape.start.time_since_epoch().count();
    data.metadata = fmt::format(R"({{"pts_ns":{}}})", *data.pts_ns);
    data.audio.format = "m4a";
    data.audio.sample_rate_hz = clip_format(shape.format).sample_rate_hz;
    data.audio.channels = shape.format.channels;
    data.audio.duration_ms =
        static_cast<std::int64_t>(shape.frames) * 1'000 / shape.format.sample_rate_hz;
    data.audio.data = std::move(fragment.clip);
    data.audio.is_binary = is_binary_;
    emit(action::Send{std::move(data)});
}

void LinkCore::on_result(contract::FragmentProcessed result) {
    if (!has_connection()) {
        return;
    }
    auto* fragment = pending_.by_id(result.fragment_id);
    if (fragment == nullptr || fragment->state != PendingFragment::State::kSent) {
        take_late(result);
        return;
    }
    silent_ = 0;
    const auto number = fragment->number;
    auto outcome = describe_result(result, number, fragment->shape);
    if (result.status == contract::ResultStatus::kFailed) {
        const auto error = result.error.value_or(contract::ProcessingError{
            .stage = {}, .code = "PROCESSING_ERROR", .message = "no reason given"});
        acknowledge(result.fragment_id, "received");
        mark_failed(outcome, error.code, error.message, error.stage.value_or(""), error.retryable);
        take_failure(number, std::move(outcome), error.code, error.load_shed);
        advance();
        return;
    }
    const bool has_audio = result.dubbed_audio && !result.dubbed_audio->data.empty();
    const bool is_no_speech = config_.no_speech == NoSpeechAudio::kOriginal && result.metadata &&
                              result.metadata->no_speech;
    if (has_audio) {
        breaker_.succeed();
        fragment->attempt = Attempt::kOrdinary;  // the probe has given its answer
    }
    if (is_no_speech || !has_audio) {
        acknowledge(result.fragment_id, "received");
        outcome.fallback =
            is_no_speech ? FallbackReason::kNoSpeech : FallbackReason::kNoAudioInResult;
        settle(number, std::move(outcome), Evidence::kNone);
    } else {
        outcome.is_alone = result.metadata && result.metadata->no_speech;
        fragment->state = PendingFragment::State::kDecoding;
        fragment->outcome = std::move(outcome);
        emit(action::Decode{{.number = number,
                             .fragment_id = result.fragment_id,
                             .audio = std::move(*result.dubbed_audio),
                             .shape = fragment->shape}});
    }
    advance();
}

void LinkCore::take_late(contract::FragmentProcessed& result) {
    const auto* pending = pending_.by_id(result.fragment_id);
    auto* decided = pending_.decided(result.fragment_id);
    acknowledge(result.fragment_id, "received");
    const bool has_audio = result.status != contract::ResultStatus::kFailed &&
                           result.dubbed_audio && !result.dubbed_audio->data.empty();
    if (pending != nullptr || decided == nullptr || decided->is_answered) {
        return;  // a second answer, or to something that we never asked
    }
    decided->is_answered = true;
    if (has_audio) {
        ++counts_.late_results;
        emit(action::Decode{{.number = decided->number,
                             .fragment_id = decided->id,
                             .audio = std::move(*result.dubbed_audio),
                             .shape = decided->shape,
                             .is_late = true}});
    }
}

void LinkCore::take_failure(std::uint64_t number, DubOutcome outcome, const std::string& code,
                            bool is_load_shed) {
    // Who leaves fragments out so that others are in time has to see them to know when it need not
    // any more.
    const bool is_evidence = contract::counts_for_breaker(code) && !is_load_shed;
    settle(number, std::move(outcome), is_evidence ? Evidence::kFailure : Evidence::kNone);
    if (phase_ == Phase::kReady && needs_new_session(code)) {
        begin_session(code);
    }
}

void LinkCore::decoded(Decoded decoded) {
    if (phase_ == Phase::kClosed) {
        return;  // nothing follows Finish: whoever would be told may be gone
    }
    auto* fragment = pending_.by_number(decoded.number);
    const bool is_awaited = !decoded.is_late && fragment != nullptr &&
                            fragment->state == PendingFragment::State::kDecoding;
    if (!decoded.is_late) {
        acknowledge(decoded.fragment_id, is_awaited && decoded.dub ? "applied" : "received");
    }
    if (!is_awaited) {
        counts_.late_results += decoded.is_late ? 0 : 1;  // a late one was counted when it came
        if (decoded.clip != nullptr) {
            emit(action::KeepLate{.number = decoded.number, .clip = std::move(decoded.clip)});
        }
        return;
    }
    auto outcome = std::move(fragment->outcome);
    outcome.clip = std::move(decoded.clip);
    if (decoded.dub) {
        outcome.dub = std::move(decoded.dub);
    } else {
        outcome.fallback = FallbackReason::kUndecodableResult;
        outcome.detail = std::move(decoded.problem);
    }
    settle(decoded.number, std::move(outcome), Evidence::kNone);
    advance();
}

void LinkCore::acknowledge(const std::string& fragment_id, std::string_view status) {
    if (!has_connection()) {
        return;
    }
    contract::FragmentAck ack;
    ack.fragment_id = fragment_id;
    ack.status = status;
    ack.timestamp = sources_.unix_ms();
    emit(action::Send{std::move(ack)});
}

void LinkCore::settle(std::uint64_t number, DubOutcome outcome, Evidence evidence) {
    const auto fragment = pending_.take(number);
    outcome.fragment = number;
    outcome.was_asked = !fragment.is_unsent();
    outcome.total = since(fragment.requested, sources_.clock.now());
    emit(action::Settle{std::move(outcome)});
    if (evidence == Evidence::kNone) {
        breaker_.abandon(fragment.attempt);
        return;
    }
    ++counts_.breaker_failures;
    const auto before = breaker_.state();
    breaker_.fail(fragment.attempt);
    if (before != BreakerState::kOpen && breaker_.state() == BreakerState::kOpen) {
        note("breaker_open", true);
        shut_out_waiting();
    }
}

void LinkCore::settle_all(const std::vector<std::uint64_t>& numbers, FallbackReason reason,
                          const std::string& detail) {
    for (const auto number : numbers) {
        DubOutcome outcome;
        outcome.fallback = reason;
        outcome.detail = detail;
        settle(number, std::move(outcome), Evidence::kNone);
    }
}

void LinkCore::shut_out_waiting() {
    const auto waiting =
        pending_.numbers_of([](const PendingFragment& one) { return one.is_unsent(); });
    counts_.breaker_fallbacks += waiting.size();
    settle_all(waiting, FallbackReason::kBreakerOpen, "too many failures in a row");
}

SteadyTime LinkCore::limit_of(const PendingFragment& fragment) const {
    return fragment.state == PendingFragment::State::kSent
               ? std::min(fragment.deadline, fragment.sent + options_.sts_timeout)
               : fragment.deadline;
}

void LinkCore::expire() {
    std::vector<std::uint64_t> over;
    for (const auto& one : pending_.all()) {
        if (sources_.clock.now() >= limit_of(one)) {
            over.push_back(one.number);
        }
    }
    for (const auto number : over) {
        // The end of one may be the end of others.
        if (const auto* fragment = pending_.by_number(number)) {
            expire_one(*fragment);
        }
    }
}

void LinkCore::expire_one(const PendingFragment& fragment) {
    const auto number = fragment.number;
    const auto now = sources_.clock.now();
    auto outcome = fragment.outcome;
    if (fragment.is_unsent()) {
        const auto reason = why_unsent(fragment);
        if (reason == FallbackReason::kDeadline) {
            mark_unanswered(outcome, reason, "no time left to send it");
        } else {
            outcome.fallback = reason;
            outcome.detail = "could not be sent in time";
        }
        settle(number, std::move(outcome), Evidence::kNone);
        return;
    }
    if (fragment.state == PendingFragment::State::kDecoding) {
        mark_unanswered(outcome, FallbackReason::kDeadline, "the answer came too late");
        settle(number, std::move(outcome), Evidence::kNone);
        return;
    }
    const bool is_timeout = now >= fragment.sent + options_.sts_timeout;
    const bool is_fair = is_timeout || now - fragment.sent >= kFairTrial;
    silent_ += is_fair ? 1 : 0;
    mark_unanswered(outcome, is_timeout ? FallbackReason::kTimeout : FallbackReason::kDeadline,
                    fmt::format("no answer for {} ms", since(fragment.sent, now).count()));
    settle(number, std::move(outcome), is_fair ? Evidence::kFailure : Evidence::kNone);
}

FallbackReason LinkCore::why_unsent(const PendingFragment& fragment) const {
    if (phase_ != Phase::kReady) {
        return was_ready_ && is_reconnect_ ? FallbackReason::kStsDisconnected
                                           : FallbackReason::kStsNotReady;
    }
    if (!fragment.held_by) {
        return FallbackReason::kDeadline;  // nothing but time was wanting
    }
    return *fragment.held_by == SendVerdict::kHeld ? FallbackReason::kBackpressurePause
                                                   : FallbackReason::kInflightLimit;
}

}  // namespace livedub::sts_client
