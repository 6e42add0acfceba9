// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "media_session/stream_lifecycle.hpp"

#include <algorithm>
#include <utility>

namespace livedub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kFirstRestart{1};
constexpr seconds kLastRestart{30};
constexpr std::size_t kMostRestarts = 6;
constexpr minutes kRestartWindow{10};

/// A list that still has a publisher of whom we heard that it left may be older than the news.
constexpr seconds kListIsOld{10};

}  // namespace

std::string_view to_string(StreamState state) noexcept {
    switch (state) {
        case StreamState::kIdle:
            return "idle";
        case StreamState::kStarting:
            return "starting";
        case StreamState::kRunning:
            return "running";
        case StreamState::kDraining:
            return "draining";
        case StreamState::kStopped:
            return "stopped";
        case StreamState::kDegraded:
            return "degraded";
    }
    return "unknown";
}

void StreamLifecycle::ready(StreamPublisher publisher, SteadyTime /*now*/) {
    const bool is_another =
        publisher.source_id != publisher_.source_id || state_ == StreamState::kDraining;
    const bool has_other_options = publisher.options != publisher_.options;
    is_published_ = true;
    ++presence_;
    gone_at_.reset();
    restarts_.clear();
    if (run_ != 0 && !(is_another && has_other_options)) {
        publisher_.source_id = std::move(publisher.source_id);
        publisher_.source_type = std::move(publisher.source_type);
        return;
    }
    publisher_ = std::move(publisher);
    start();
}

bool StreamLifecycle::not_ready(std::string_view source_id, SteadyTime now) {
    if (!publisher_.source_id.empty() && !source_id.empty() && source_id != publisher_.source_id) {
        return false;
    }
    if (!is_published_) {
        return true;
    }
    is_published_ = false;
    ++presence_;
    gone_at_ = now;
    if (run_ != 0) {
        state_ = StreamState::kDraining;
    } else if (restart_at_) {
        restart_at_.reset();
        rest(StreamState::kStopped, now);
    }
    return true;
}

bool StreamLifecycle::is_missing(std::string_view source_id, SteadyTime now) const {
    const bool is_another = source_id != publisher_.source_id || state_ == StreamState::kIdle;
    if (is_active()) {
        return !is_published_ && is_another;
    }
    return is_another || (!is_hopeless_ && state_ != StreamState::kDegraded &&
                          (!gone_at_ || now - *gone_at_ >= kListIsOld));
}

bool StreamLifecycle::listed(StreamPublisher publisher, SteadyTime now) {
    const bool was_missing = is_missing(publisher.source_id, now);
    if (was_missing) {
        ready(std::move(publisher), now);
    }
    return was_missing;
}

void StreamLifecycle::input_running(std::uint64_t run) {
    if (run == run_ && run_ != 0 && (is_published_ || state_ == StreamState::kStarting)) {
        state_ = StreamState::kRunning;
    }
}

void StreamLifecycle::input_gone(std::uint64_t run) {
    if (run == run_ && run_ != 0) {
        state_ = StreamState::kDraining;
    }
}

void StreamLifecycle::ended(std::uint64_t run, EndKind kind, std::string why, SteadyTime now) {
    if (run != run_ || run_ == 0) {
        return;
    }
    run_ = 0;
    why_ = std::move(why);
    if (kind == EndKind::kFailed && is_published_) {
        plan_restart(now);
        return;
    }
    if (kind == EndKind::kPlayedOut && is_published_) {
        start();  // another publisher came when it was too late to go on
        return;
    }
    is_hopeless_ = kind == EndKind::kUnsupported;
    if (kind == EndKind::kNoInput) {
        is_published_ = false;
        gone_at_ = now;
    }
    rest(StreamState::kStopped, now);
}

void StreamLifecycle::give_up(std::string why, SteadyTime now) {
    if (is_active()) {
        run_ = 0;
        restart_at_.reset();
        why_ = std::move(why);
        is_hopeless_ = true;
        rest(StreamState::kStopped, now);
    }
}

bool StreamLifecycle::tick(SteadyTime now) {
    if (!restart_at_ || now < *restart_at_) {
        return false;
    }
    restarts_.push_back(now);
    start();
    return true;
}

void StreamLifecycle::start() {
    run_ = ++runs_;
    state_ = StreamState::kStarting;
    restart_at_.reset();
    inactive_since_.reset();
    is_hopeless_ = false;
}

void StreamLifecycle::rest(StreamState state, SteadyTime now) {
    state_ = state;
    inactive_since_ = now;
}

void StreamLifecycle::plan_restart(SteadyTime now) {
    std::erase_if(restarts_, [now](auto at) { return now - at > kRestartWindow; });
    if (restarts_.size() >= kMostRestarts) {
        rest(StreamState::kDegraded, now);
        return;
    }
    state_ = StreamState::kStarting;
    restart_at_ = now + std::min(kLastRestart, kFirstRestart * (1 << restarts_.size()));
}

}  // namespace livedub
