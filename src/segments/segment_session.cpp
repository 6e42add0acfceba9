// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "segments/segment_session.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/thread_name.hpp"
#include "base/uuid.hpp"
#include "telemetry/log.hpp"

namespace livedub::segments {
namespace {

/// Most fragments waiting to be encoded; beyond it they are too many to be of use to anybody.
constexpr std::size_t kMostAsks = 32;

/// When more than this wait behind one, it goes on unencoded: encoding is not what may be late.
constexpr std::size_t kBacklog = 3;

/// Encoding six seconds takes a tenth of one. A fragment with less than this goes on at once.
constexpr std::chrono::milliseconds kEncodeAllowance{500};

}  // namespace

SegmentSession::SegmentSession(SegmentRun run, SegmentWriter& writer, const SegmentEvents& events,
                               OnOutcome on_outcome)
    : run_{std::move(run)},
      writer_{writer},
      events_{events},
      outbox_{std::move(on_outcome)},
      asks_{kMostAsks} {}

SegmentSession::~SegmentSession() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
        writer_.end(run_);
    }
    inner_.reset();
    outbox_.close();
}

OnOutcome SegmentSession::inner_outcomes() {
    return [this](DubOutcome outcome) { on_inner_outcome(std::move(outcome)); };
}

void SegmentSession::start() {
    writer_.begin(run_);
    thread_ = std::jthread{[this](const std::stop_token& stop) {
        name_this_thread("dub-clip");
        work(stop);
    }};
}

void SegmentSession::request(Fragment fragment, SteadyTime deadline) {
    if (inner_ != nullptr) {
        push({.fragment = std::move(fragment), .deadline = deadline, .is_to_be_dubbed = true});
        return;
    }
    const auto number = fragment.number;
    keep(std::move(fragment));
    refuse(number, FallbackReason::kSkipSts, "");
}

void SegmentSession::keep(Fragment&& fragment) {
    push({.fragment = std::move(fragment), .deadline = {}, .is_to_be_dubbed = false});
}

void SegmentSession::keep_packets(std::uint64_t number, AacPackets&& packets) {
    SegmentRecord record{.fragment_id = make_uuid4(),
                         .stream_id = run_.stream_id,
                         .batch_number = number,
                         .start = packets.start(),
                         .duration = packets.duration()};
    writer_.write({.run = run_, .record = std::move(record), .sound = std::move(packets)});
}

void SegmentSession::push(Ask ask) {
    const auto evicted = asks_.push_evicting(std::move(ask));
    if (!evicted) {
        return;
    }
    events_.on_error(run_.stream_id, "audio_processing");
    if (evicted->is_to_be_dubbed) {
        refuse(evicted->fragment.number, FallbackReason::kInflightLimit,
               "too many fragments wait to be encoded");
    }
}

void SegmentSession::refuse(std::uint64_t number, FallbackReason reason, std::string detail) {
    DubOutcome outcome;
    outcome.fragment = number;
    outcome.was_asked = false;
    outcome.fallback = reason;
    outcome.detail = std::move(detail);
    outbox_.deliver(std::move(outcome));
}

void SegmentSession::work(const std::stop_token& stop) {
    while (auto ask = asks_.pop(stop)) {
        take(std::move(*ask), stop);
    }
    keep_waiting();
}

void SegmentSession::take(Ask ask, const std::stop_token& stop) {
    auto& fragment = ask.fragment;
    auto record = record_of(fragment);
    if (ask.is_to_be_dubbed) {
        remember(record);
    }
    const bool is_late =
        ask.is_to_be_dubbed && std::chrono::steady_clock::now() + kEncodeAllowance > ask.deadline;
    bool has_file = true;
    if (fragment.clip == nullptr && !is_late && asks_.size() <= kBacklog) {
        if (auto clip = clips::to_m4a(fragment.audio, stop)) {
            fragment.clip = std::move(*clip);
        } else if (clip.error().code() != ErrorCode::kCancelled) {
            logger("segments")
                ->warn("segment_not_stored stream={} seq={} error=\"{}\"", run_.stream_id,
                       fragment.number, clip.error().message());
            events_.on_error(run_.stream_id, "audio_processing");
            has_file = false;
        }
    }
    if (fragment.clip != nullptr) {
        writer_.write({.run = run_, .record = std::move(record), .sound = fragment.clip});
    } else if (has_file) {  // there was no time to encode it here: the disk's thread has some
        writer_.write({.run = run_, .record = std::move(record), .sound = fragment.audio});
    }
    if (ask.is_to_be_dubbed && !stop.stop_requested()) {
        inner_->request(std::move(fragment), ask.deadline);
    }
}

void SegmentSession::keep_waiting() {
    while (auto ask = asks_.pop_until(SteadyTime::min(), {})) {
        auto record = record_of(ask->fragment);
        SegmentJob job{.run = run_, .record = std::move(record), .sound = ask->fragment.clip};
        if (ask->fragment.clip == nullptr) {
            job.sound = std::move(ask->fragment.audio);
        }
        writer_.write(std::move(job));
    }
}

void SegmentSession::on_inner_outcome(DubOutcome outcome) {
    auto record = forget(outcome.fragment);
    if (record && outcome.dub && !outcome.fallback) {
        record->kind = SegmentKind::kDubbed;
        SegmentJob job{.run = run_, .record = std::move(*record), .sound = outcome.clip};
        if (!clips::is_aac_clip(outcome.clip)) {
            job.sound = *outcome.dub;
        }
        writer_.write(std::move(job));
    }
    outbox_.deliver(std::move(outcome));
}

SegmentRecord SegmentSession::record_of(const Fragment& fragment) const {
    return {.fragment_id = make_uuid4(),
            .stream_id = run_.stream_id,
            .batch_number = fragment.number,
            .start = fragment.audio.start(),
            .duration = fragment.audio.duration()};
}

void SegmentSession::remember(const SegmentRecord& record) {
    const MutexLock lock{mutex_};
    asked_.insert_or_assign(record.batch_number, record);
}

std::optional<SegmentRecord> SegmentSession::forget(std::uint64_t number) {
    const MutexLock lock{mutex_};
    const auto found = asked_.find(number);
    if (found == asked_.end()) {
        return std::nullopt;
    }
    auto record = std::move(found->second);
    asked_.erase(found);
    return record;
}

}  // namespace livedub::segments
