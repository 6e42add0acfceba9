// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/link_core.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sts_client/outcomes.hpp"

namespace livedub::sts_client {
namespace {

constexpr int kMostInflight = 3;
constexpr int kSilencesForNewSession = 2;

}  // namespace

LinkCore::LinkCore(LinkConfig config, DubOptions options, LinkSources sources)
    : config_{std::move(config)},
      options_{std::move(options)},
      sources_{std::move(sources)},
      format_{clip_format(options_.format)},
      breaker_{config_.breaker, sources_.clock},
      window_{kMostInflight, sources_.clock} {}

void LinkCore::start() {
    if (phase_ == Phase::kIdle && format_ != PcmFormat{}) {
        connect();
    }
}

void LinkCore::connect() {
    phase_ = Phase::kConnecting;
    emit(action::Connect{});
}

void LinkCore::connected() {
    if (phase_ == Phase::kConnecting) {
        begin_session("connected");
    }
}

void LinkCore::begin_session(std::string_view why) {
    // Whatever the server still has of an earlier session it drops without a word.
    settle_all(pending_.numbers_of([](const PendingFragment& one) {
        return one.state == PendingFragment::State::kSent;
    }),
               FallbackReason::kStsNotReady, fmt::format("session begun anew: {}", why));
    phase_ = Phase::kInitialising;
    phase_ends_ = sources_.clock.now() + config_.ready_timeout;
    sequence_ = 0;
    silent_ = 0;
    absent_reason_ = FallbackReason::kStsNotReady;
    emit(action::Send{make_init()});
    note(fmt::format("session_begin why=\"{}\"", why), false);
}

contract::StreamInit LinkCore::make_init() const {
    // Peers refuse more than this.
    constexpr std::chrono::milliseconds kShortestChunk{100};
    constexpr std::chrono::milliseconds kLongestChunk{6'000};
    constexpr std::chrono::milliseconds kShortestTimeout{1'000};
    constexpr std::chrono::milliseconds kLongestTimeout{30'000};
    contract::StreamInit init;
    init.stream_id = options_.stream_id;
    init.worker_id = config_.worker_id;
    init.source_language = options_.source_language;
    init.target_language = options_.target_language;
    init.voice_profile = options_.voice;
    init.chunk_duration_ms = std::clamp(options_.segment, kShortestChunk, kLongestChunk).count();
    init.sample_rate_hz = format_.sample_rate_hz;
    init.channels = format_.channels;
    init.domain_hints = options_.domain_hints;
    init.binary = config_.wants_binary;
    init.max_inflight = kMostInflight;
    init.timeout_ms = static_cast<int>(
        std::clamp(options_.sts_timeout, kShortestTimeout, kLongestTimeout).count());
    return init;
}

void LinkCore::on_ready(const contract::StreamReady& ready) {
    if (phase_ != Phase::kInitialising) {
        return;
    }
    phase_ = Phase::kReady;
    is_binary_ = config_.wants_binary && ready.binary;
    window_.restart(ready.max_inflight);
    schedule_.succeed();
    counts_.reconnections += is_reconnect_ ? 1U : 0U;
    is_reconnect_ = false;
    was_ready_ = true;
    note(fmt::format("session_ready session_id=\"{}\" max_inflight={} binary={}",
                     one_line(ready.session_id), ready.max_inflight, is_binary_),
         false);
    advance();
}

void LinkCore::ended(const Error& why) {
    if (phase_ == Phase::kEnding) {
        close();
        return;
    }
    if (phase_ != Phase::kConnecting && !has_connection()) {
        return;
    }
    const bool is_refusal =
        phase_ == Phase::kConnecting &&
        (why.code() == ErrorCode::kProtocol || why.code() == ErrorCode::kInvalidArgument);
    const auto absent =
        was_ready_ ? FallbackReason::kStsDisconnected : FallbackReason::kStsNotReady;
    lose_link(is_refusal ? FallbackReason::kInitRejected : absent, one_line(why.message()));
}

void LinkCore::lose_link(FallbackReason reason, const std::string& why) {
    absent_reason_ = reason;
    is_reconnect_ = true;
    emit(action::Disconnect{});
    if (config_.when_exhausted == WhenExhausted::kStop && schedule_.is_exhausted()) {
        phase_ = Phase::kGivenUp;
        note(fmt::format("given_up reason={} why=\"{}\"", to_string(reason), why), true);
        emit(action::GiveUp{});
    } else {
        phase_ = Phase::kWaiting;
        const auto wait = schedule_.next(sources_.random());
        phase_ends_ = sources_.clock.now() + wait;
        note(fmt::format("no_session reason={} why=\"{}\" next_attempt_ms={}", to_string(reason),
                         why, wait.count()),
             true);
        // Who refuses the session is there.
        if (reason != FallbackReason::kInitRejected) {
            emit(action::Watch{});
        }
    }
    // What is being decoded is ours already.
    settle_all(pending_.numbers_of([](const PendingFragment& one) {
        return one.state != PendingFragment::State::kDecoding;
    }),
               reason, why);
}

void LinkCore::returned() {
    if (phase_ == Phase::kWaiting) {
        note("service_back", false);
        connect();
    }
}

void LinkCore::on_error(const contract::ErrorEvent& error) {
    if (!has_connection() || phase_ == Phase::kEnding) {
        return;
    }
    note(
        fmt::format(R"(error code={} message="{}")", one_line(error.code), one_line(error.message)),
        true);
    if (phase_ == Phase::kInitialising) {
        if (refuses_session(error)) {
            lose_link(FallbackReason::kInitRejected,
                      one_line(fmt::format("{}: {}", error.code, error.message)));
        }
        return;
    }
    // A gap that the server steps over costs none of ours: they all arrive.
    const bool is_remark = error.code == "INVALID_SEQUENCE" && error.severity == "warning";
    const auto* about = error.fragment_id ? pending_.by_id(*error.fragment_id) : nullptr;
    if (about != nullptr && about->state == PendingFragment::State::kSent && !is_remark) {
        DubOutcome outcome;
        mark_failed(outcome, error.code, error.message, error.stage.value_or(""), error.retryable);
        take_failure(about->number, std::move(outcome), error.code);
    } else if (needs_new_session(error.code)) {
        begin_session(error.code);
    }
    advance();
}

void LinkCore::on_backpressure(const contract::Backpressure& backpressure) {
    counts_.told_none += backpressure.action == "none" ? 1U : 0U;
    counts_.told_slow_down += backpressure.action == "slow_down" ? 1U : 0U;
    counts_.told_pause += backpressure.action == "pause" ? 1U : 0U;
    window_.obey(backpressure);
    advance();
}

void LinkCore::stop() {
    if (phase_ == Phase::kEnding || phase_ == Phase::kClosed) {
        return;
    }
    const bool has_session = is_ready();
    pending_.clear();
    if (!has_session) {
        close();
        return;
    }
    phase_ = Phase::kEnding;
    phase_ends_ = sources_.clock.now() + config_.complete_timeout;
    emit(action::Send{
        contract::StreamControl{.stream_id = options_.stream_id, .reason = "stream_ended"}});
}

void LinkCore::on_complete() {
    if (phase_ == Phase::kEnding) {
        close();
    }
}

void LinkCore::close() {
    phase_ = Phase::kClosed;
    emit(action::Disconnect{});
    emit(action::Finish{});
}

void LinkCore::on_time() {
    const bool is_over = sources_.clock.now() >= phase_ends_;
    if (phase_ == Phase::kWaiting && is_over) {
        connect();
    } else if (phase_ == Phase::kInitialising && is_over) {
        lose_link(FallbackReason::kStsNotReady, "no stream:ready in time");
    } else if (phase_ == Phase::kEnding && is_over) {
        close();
    }
    advance();
}

void LinkCore::advance() {
    expire();
    if (phase_ == Phase::kReady && silent_ >= kSilencesForNewSession) {
        begin_session("no answers");
    }
    send_what_may_go();
}

std::optional<SteadyTime> LinkCore::next_wake() const {
    std::optional<SteadyTime> first;
    const auto consider = [&](SteadyTime when) { first = first ? std::min(*first, when) : when; };
    if (phase_ == Phase::kWaiting || phase_ == Phase::kInitialising || phase_ == Phase::kEnding) {
        consider(phase_ends_);
    }
    for (const auto& one : pending_.all()) {
        consider(limit_of(one));
    }
    const auto held = window_.held_until();
    if (held && *held > sources_.clock.now() && !pending_.all().empty()) {
        consider(*held);
    }
    return first;
}

std::vector<LinkAction> LinkCore::take_actions() {
    return std::exchange(actions_, {});
}

bool LinkCore::has_connection() const noexcept {
    return phase_ == Phase::kInitialising || phase_ == Phase::kReady || phase_ == Phase::kEnding;
}

void LinkCore::note(std::string text, bool is_warning) {
    emit(action::Note{.text = std::move(text), .is_warning = is_warning});
}

}  // namespace livedub::sts_client
