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
    const auto number = fragment.number;
    auto evicted = asks_.push_evicting({.fragment = std::move(fragment), .deadline = deadline});
    if (evicted) {
        events_.on_error(run_.stream_id, "audio_processing");
    }
    if (evicted && inner_ != nullptr) {
        refuse(evicted->fragment.number, FallbackReason::kInflightLimit,
               "too many fragments wait to be encoded");
    }
    if (inner_ == nullptr) {
        refuse(number, FallbackReason::kSkipSts, "");
    }
}

void SegmentSession::refuse(std::uint64_t number, FallbackReason reason, std::string detail) {
    DubOutcome outcome;
    outcome.fragment = number;
    outcome.fallback = reason;
    outcome.detail = std::move(detail);
    outbox_.deliver(std::move(outcome));
}

void SegmentSession::work(const std::stop_token& stop) {
    while (auto ask = asks_.pop(stop)) {
        take(std::move(*ask), stop);
    }
}

void SegmentSession::take(Ask ask, const std::stop_token& stop) {
    auto& fragment = ask.fragment;
    auto record = remember(fragment);
    const bool is_late =
        std::chrono::steady_clock::now() + kEncodeAllowance > ask.deadline && inner_ != nullptr;
    if (fragment.clip == nullptr) {
        if (is_late || asks_.size() > kBacklog) {
            events_.on_error(run_.stream_id, "audio_processing");
        } else if (auto clip = clips::to_m4a(fragment.audio, stop)) {
            fragment.clip = std::move(*clip);
        } else if (clip.error().code() != ErrorCode::kCancelled) {
            logger("segments")
                ->warn("stream {}: fragment {} cannot be encoded: {}", run_.stream_id,
                       fragment.number, clip.error().message());
            events_.on_error(run_.stream_id, "audio_processing");
        }
    }
    if (stop.stop_requested()) {
        return;
    }
    if (fragment.clip != nullptr) {
        writer_.write({.run = run_, .record = std::move(record), .sound = fragment.clip});
    }
    if (inner_ != nullptr) {
        inner_->request(std::move(fragment), ask.deadline);
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

SegmentRecord SegmentSession::remember(const Fragment& fragment) {
    SegmentRecord record{.fragment_id = make_uuid4(),
                         .stream_id = run_.stream_id,
                         .batch_number = fragment.number,
                         .start = fragment.audio.start(),
                         .duration = fragment.audio.duration()};
    if (inner_ != nullptr) {
        const MutexLock lock{mutex_};
        asked_.insert_or_assign(fragment.number, record);
    }
    return record;
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
