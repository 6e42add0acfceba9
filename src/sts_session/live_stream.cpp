// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/live_stream.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sts_session/admission.hpp"
#include "sts_session/error_codes.hpp"
#include "telemetry/log.hpp"

namespace livedub::sts_session {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

/// Work that is told to stop at its deadline says so itself, and in which stage; this much later it
/// is not waited for any more.
constexpr milliseconds kAnswerGrace{60};

/// Results that wait for their turn, those of refused fragments included. They are small, but a
/// client could send them without end.
constexpr std::size_t kMostSlots = 256;

/// What JSON peers can count to.
constexpr std::int64_t kHighestNumber = std::int64_t{1} << 53U;

std::int64_t ms_between(SteadyTime from, SteadyTime to) {
    return duration_cast<milliseconds>(to - from).count();
}

}  // namespace

LiveStream::LiveStream(StreamIdentity identity, const SessionSettings& settings, Seat seat,
                       const Environment& environment, SessionObserver& observer,
                       std::uint64_t& serials)
    : settings_{settings},
      environment_{environment},
      observer_{observer},
      serials_{serials},
      identity_{std::move(identity)},
      began_{environment.clock.now()},
      seat_{std::move(seat)},
      buffer_{settings.gap_timeout},
      rate_{settings.rate_per_minute},
      level_{settings.backpressure} {
    observer_.on_stream_begin(identity_.init.stream_id);
}

LiveStream::~LiveStream() {
    observer_.on_load(identity_.init.stream_id, -reported_outstanding_, -reported_waiting_);
    if (!is_over()) {
        observer_.on_stream_end(identity_.init.stream_id);
    }
}

void LiveStream::let_go(Actions& out) {
    if (auto event = level_.release(max_inflight())) {
        event->stream_id = identity_.init.stream_id;
        emit(std::move(*event), out);
    }
}

Seat LiveStream::give_up_seat() {
    return std::move(seat_);
}

void LiveStream::greet(Actions& out) const {
    contract::StreamReady ready;
    ready.stream_id = identity_.init.stream_id;
    ready.session_id = identity_.session_id;
    ready.max_inflight = max_inflight();
    ready.binary = identity_.is_binary;
    ready.has_stages = settings_.has_stages;
    emit(std::move(ready), out);
}

// Admission: state, schema and size, sequence, rate and queue, in this order ----------------------

void LiveStream::on_fragment(ParsedFragment fragment, Actions& out) {
    const auto what = fragment ? refused(*fragment)
                               : Refused{.fragment_id = fragment.error().fragment_id,
                                         .stream_id = fragment.error().stream_id,
                                         .number = fragment.error().sequence_number};
    if (state_ == State::kEnding || state_ == State::kCompleted) {
        auto event = make_error_event("STREAM_NOT_READY", "the stream has ended");
        event.fragment_id = what.fragment_id;
        emit_error(std::move(event), out);
    } else if (state_ == State::kPaused) {
        refuse("STREAM_PAUSED", "the stream is paused", what, out);
    } else if (!fragment) {
        const auto& violation = fragment.error().violation;
        refuse(violation.code, violation.message, what, out);
    } else {
        admit(std::move(*fragment), out);
    }
    deliver(out);
    advise(out);
}

void LiveStream::admit(contract::FragmentData fragment, Actions& out) {
    const auto number = fragment.sequence_number;
    const auto verdict = number > kHighestNumber
                             ? SequenceVerdict::kInvalid
                             : judge_sequence(buffer_, delivered_, number, fragment.fragment_id);
    switch (verdict) {
        case SequenceVerdict::kInvalid: {
            observer_.on_sequence_event("invalid");
            auto event =
                make_error_event("INVALID_SEQUENCE",
                                 fmt::format("sequence_number {} is taken or behind; expected {}",
                                             number, buffer_.next()));
            event.fragment_id = std::move(fragment.fragment_id);
            event.details =
                fmt::format(R"({{"expected":{},"received":{}}})", buffer_.next(), number);
            emit_error(std::move(event), out);
            return;
        }
        case SequenceVerdict::kOutstanding:
            observer_.on_sequence_event("duplicate");
            acknowledge(fragment.fragment_id, "processing", out);
            return;
        case SequenceVerdict::kDelivered:
            observer_.on_sequence_event("duplicate");
            acknowledge(fragment.fragment_id, "processing", out);
            emit(*delivered_.find(number, fragment.fragment_id), out);
            return;
        case SequenceVerdict::kAhead:
            observer_.on_sequence_event("out_of_order");
            break;
        case SequenceVerdict::kNew:
            break;
    }
    if (!rate_.try_take(environment_.clock.now())) {
        refuse("RATE_LIMIT",
               fmt::format("more than {} fragments a minute", settings_.rate_per_minute),
               refused(fragment), out);
    } else if (buffer_.outstanding() >= settings_.max_queue) {
        refuse("QUEUE_FULL", fmt::format("{} fragments are outstanding", buffer_.outstanding()),
               refused(fragment), out);
    } else {
        accept(std::move(fragment), out);
    }
}

LiveStream::Refused LiveStream::refused(const contract::FragmentData& fragment) {
    return {.fragment_id = fragment.fragment_id,
            .stream_id = fragment.stream_id,
            .number = fragment.sequence_number};
}

void LiveStream::refuse(std::string_view code, const std::string& message, const Refused& refused,
                        Actions& out) {
    const auto& [fragment_id, stream_id, number] = refused;
    auto event = make_error_event(code, message);
    event.fragment_id = fragment_id;
    emit_error(std::move(event), out);
    if (!fragment_id || !number || *number < 0 || *number > kHighestNumber ||
        buffer_.slots().size() >= kMostSlots ||
        judge_sequence(buffer_, delivered_, *number, *fragment_id) > SequenceVerdict::kAhead) {
        return;  // it has no slot, or has one already
    }
    const auto now = environment_.clock.now();
    Slot slot;
    slot.fragment_id = *fragment_id;
    slot.stream_id = stream_id.value_or(identity_.init.stream_id);
    slot.origin = SessionStatistics::Origin::kRefused;
    slot.received = now;
    slot.deadline = now;
    auto& placed = buffer_.insert(*number, std::move(slot));
    placed.finish(failure(placed, *number, make_processing_error(code, message)), now);
}

void LiveStream::accept(contract::FragmentData fragment, Actions& out) {
    const auto now = environment_.clock.now();
    const auto number = fragment.sequence_number;
    Slot slot;
    slot.fragment_id = fragment.fragment_id;
    slot.stream_id = fragment.stream_id;
    slot.serial = ++serials_;
    slot.received = now;
    slot.deadline = now + time_limit();
    slot.original_ms = fragment.audio.duration_ms;
    slot.data = std::move(fragment);
    auto& placed = buffer_.insert(number, std::move(slot));
    acknowledge(placed.fragment_id, "queued", out);
    auto error = failures_.next(placed.fragment_id, number);
    if (!error) {
        error = identity_.refusal;
    }
    if (error) {
        placed.finish(failure(placed, number, std::move(*error)), now);
    } else {
        start_waiting(out);
    }
}

void LiveStream::acknowledge(const std::string& fragment_id, std::string_view status,
                             Actions& out) const {
    contract::FragmentAck ack;
    ack.fragment_id = fragment_id;
    ack.status = status;
    ack.timestamp = environment_.unix_ms();
    const auto outstanding = static_cast<std::int64_t>(buffer_.outstanding());
    ack.queue_position = std::max<std::int64_t>(0, outstanding - 1);
    ack.estimated_completion_ms = estimate_ms();
    emit(std::move(ack), out);
}

std::optional<std::int64_t> LiveStream::estimate_ms() const {
    const double average = statistics_.average_ms();
    if (average <= 0.0) {
        return std::nullopt;
    }
    const auto ahead = static_cast<double>(buffer_.outstanding()) / max_inflight();
    return static_cast<std::int64_t>(average * std::max(1.0, ahead));
}

// Work --------------------------------------------------------------------------------------------

void LiveStream::start_waiting(Actions& out) {
    auto running = count(SlotState::kRunning);
    for (auto& [number, slot] : buffer_.slots()) {
        if (running >= static_cast<std::size_t>(max_inflight())) {
            return;
        }
        if (slot.state == SlotState::kWaiting) {
            slot.state = SlotState::kRunning;
            ++running;
            out.emplace_back(StartFragment{.serial = slot.serial,
                                           .data = std::move(*slot.data),
                                           .received = slot.received,
                                           .deadline = slot.deadline});
            slot.data.reset();
        }
    }
}

void LiveStream::on_finished(std::uint64_t serial, FinishedFragment finished, Actions& out) {
    for (auto& [number, slot] : buffer_.slots()) {
        if (slot.serial == serial && slot.state == SlotState::kRunning) {
            if (finished.result.metadata) {
                slot.original_ms = finished.result.metadata->original_duration_ms;
            }
            slot.finish(std::move(finished), environment_.clock.now());
            start_waiting(out);
            break;
        }
    }
    deliver(out);
    complete_if_drained(out);
    advise(out);
}

milliseconds LiveStream::timeout() const {
    return identity_.init.timeout_ms ? milliseconds{*identity_.init.timeout_ms}
                                     : settings_.fragment_timeout;
}

SteadyDuration LiveStream::time_limit() const {
    // Earlier than the client's equal timer, so that the result still counts there.
    return timeout() - std::min(milliseconds{500}, timeout() / 10);
}

void LiveStream::expire(SteadyTime now) {
    for (auto& [number, slot] : buffer_.slots()) {
        const bool is_late =
            (slot.state == SlotState::kWaiting && slot.deadline <= now) ||
            (slot.state == SlotState::kRunning && slot.deadline + kAnswerGrace <= now) ||
            (slot.state != SlotState::kDone && drain_deadline_ && *drain_deadline_ <= now);
        if (is_late) {
            auto error = make_processing_error(
                "TIMEOUT", fmt::format("no result in {} ms", ms_between(slot.received, now)));
            error.stage = "pipeline";
            slot.finish(failure(slot, number, std::move(error)), now);
        }
    }
}

// Delivery ----------------------------------------------------------------------------------------

void LiveStream::deliver(Actions& out) {
    const auto now = environment_.clock.now();
    while (true) {
        while (auto leaving = buffer_.take()) {
            auto& slot = leaving->slot;
            statistics_.record(slot.finished.result, slot.original_ms, slot.origin);
            observer_.on_delivered(identity_.init.stream_id, slot.finished);
            emit(slot.finished, out);
            delivered_.remember(leaving->number, std::move(slot.finished));
        }
        const auto skipped =
            state_ == State::kEnding ? buffer_.skip_missing() : buffer_.skip_overdue(now);
        if (skipped.count == 0) {
            break;
        }
        report_skipped(skipped, out);
    }
    report_load();
}

void LiveStream::report_skipped(const SkippedNumbers& skipped, Actions& out) {
    observer_.on_sequence_event("gap");
    auto event = make_error_event(
        "INVALID_SEQUENCE",
        fmt::format("{} missing, the first is {}; going on without", skipped.count,
                    skipped.numbers.empty() ? std::int64_t{-1} : skipped.numbers.front()));
    event.severity = "warning";
    event.details = fmt::format(R"({{"missing":[{}],"missing_count":{}}})",
                                fmt::join(skipped.numbers, ","), skipped.count);
    emit_error(std::move(event), out);
}

void LiveStream::advise(Actions& out) {
    auto event = level_.update({.outstanding = buffer_.outstanding(),
                                .held = buffer_.held(),
                                .max_inflight = max_inflight()});
    if (event) {
        observer_.on_backpressure(event->severity);
        event->stream_id = identity_.init.stream_id;
        emit(std::move(*event), out);
    }
}

void LiveStream::report_load() {
    const auto outstanding = static_cast<int>(buffer_.outstanding());
    const auto waiting = static_cast<int>(count(SlotState::kWaiting));
    if (outstanding != reported_outstanding_ || waiting != reported_waiting_) {
        observer_.on_load(identity_.init.stream_id, outstanding - reported_outstanding_,
                          waiting - reported_waiting_);
        reported_outstanding_ = outstanding;
        reported_waiting_ = waiting;
    }
}

// States ------------------------------------------------------------------------------------------

void LiveStream::ignore(std::string_view event) const {
    logger("sts")->info("ignored event={} why=state stream={}", event, identity_.init.stream_id);
}

void LiveStream::on_pause() {
    if (state_ == State::kActive) {
        state_ = State::kPaused;
    } else {
        ignore("stream:pause");
    }
}

void LiveStream::on_resume() {
    if (state_ == State::kPaused) {
        state_ = State::kActive;
    } else {
        ignore("stream:resume");
    }
}

void LiveStream::set_failures(contract::ErrorSimulation simulation) {
    failures_.set(std::move(simulation));
}

void LiveStream::on_end(Actions& out) {
    if (state_ == State::kEnding || state_ == State::kCompleted) {
        ignore("stream:end");
        return;
    }
    state_ = State::kEnding;
    drain_deadline_ = environment_.clock.now() + std::min(timeout(), settings_.longest_drain);
    deliver(out);  // nothing that is missing will come
    complete_if_drained(out);
    advise(out);
}

void LiveStream::complete_if_drained(Actions& out) {
    if (state_ != State::kEnding || !buffer_.slots().empty()) {
        return;
    }
    const auto now = environment_.clock.now();
    auto complete = statistics_.summary();
    complete.stream_id = identity_.init.stream_id;
    complete.session_duration_ms = ms_between(began_, now);
    advise(out);  // the last word on holding back comes before the last word
    emit(std::move(complete), out);
    out.emplace_back(CloseStream{});
    state_ = State::kCompleted;
    drain_deadline_.reset();
    disconnect_at_ = now + settings_.disconnect_delay;
    seat_ = Seat{};
    observer_.on_stream_end(identity_.init.stream_id);
}

std::optional<SteadyTime> LiveStream::next_wake() const {
    auto wake = disconnect_at_;
    const auto earliest = [&wake](std::optional<SteadyTime> time) {
        if (time && (!wake || *time < *wake)) {
            wake = time;
        }
    };
    earliest(drain_deadline_);
    earliest(buffer_.gap_deadline());
    for (const auto& [number, slot] : buffer_.slots()) {
        if (slot.state == SlotState::kWaiting) {
            earliest(slot.deadline);
        } else if (slot.state == SlotState::kRunning) {
            earliest(slot.deadline + kAnswerGrace);
        }
    }
    return wake;
}

void LiveStream::on_time(Actions& out) {
    const auto now = environment_.clock.now();
    expire(now);
    start_waiting(out);
    deliver(out);
    complete_if_drained(out);
    advise(out);
    if (disconnect_at_ && *disconnect_at_ <= now) {
        disconnect_at_.reset();
        out.emplace_back(Disconnect{"the stream is complete"});
    }
}

// Small parts -------------------------------------------------------------------------------------

std::size_t LiveStream::count(SlotState state) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        buffer_.slots(), [state](const auto& entry) { return entry.second.state == state; }));
}

FinishedFragment LiveStream::failure(const Slot& slot, std::int64_t number,
                                     contract::ProcessingError error) const {
    FinishedFragment finished;
    auto& result = finished.result;
    result.fragment_id = slot.fragment_id;
    result.stream_id = slot.stream_id;
    result.sequence_number = number;
    result.status = contract::ResultStatus::kFailed;
    result.processing_time_ms = ms_between(slot.received, environment_.clock.now());
    result.error = std::move(error);
    return finished;
}

void LiveStream::emit(Message message, Actions& out) const {
    out.emplace_back(Emit{identity_.init.dialect, std::move(message)});
}

void LiveStream::emit_error(contract::ErrorEvent event, Actions& out) const {
    event.error_id = environment_.make_uuid();
    event.stream_id = identity_.init.stream_id;
    emit(std::move(event), out);
}

}  // namespace livedub::sts_session
