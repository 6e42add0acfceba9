// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/apertium/resident_pair.hpp"

#include <algorithm>

#include "telemetry/log.hpp"

namespace livedub::apertium {
namespace {

/// Every message ends in this, and so does every answer: blanks pass through the stages. One that
/// lost it was cut short by the death of a stage, which the kernel may not call dead yet.
constexpr std::string_view kEndMark = "[]";

}  // namespace

Result<std::string> ResidentPair::exchange(std::string_view message, SteadyTime deadline,
                                           const std::stop_token& stop) {
    {
        const MutexLock lock{mutex_};
        const bool turn = idle_.wait_until(mutex_, stop, deadline,
                                           [this]() LIVEDUB_REQUIRES(mutex_) { return !busy_; });
        if (!turn) {
            return stop.stop_requested() ? fail(ErrorCode::kCancelled, "stopped")
                                         : fail(ErrorCode::kTimeout, "no turn in time");
        }
        busy_ = true;
    }
    auto answer = take_turn(message, deadline, stop);
    {
        const MutexLock lock{mutex_};
        pids_ = pipeline_ ? pipeline_->pids() : std::vector<pid_t>{};
        busy_ = false;
    }
    idle_.notify_one();
    return answer;
}

std::vector<pid_t> ResidentPair::pids() {
    const MutexLock lock{mutex_};
    return pids_;
}

Result<std::string> ResidentPair::take_turn(std::string_view message, SteadyTime deadline,
                                            const std::stop_token& stop) {
    if (auto running = ensure_running(); !running) {
        return tl::unexpected{std::move(running.error())};
    }
    auto answer = pipeline_->exchange(message, deadline, stop);
    if (answer && message.ends_with(kEndMark) && !answer->ends_with(kEndMark)) {
        answer = fail(ErrorCode::kUnavailable, "a program of the pipeline ended");
    }
    if (answer) {
        failures_ = 0;
        return answer;
    }
    pipeline_.reset();
    if (answer.error().code() != ErrorCode::kCancelled) {
        note_failure();
    }
    return answer;
}

Result<void> ResidentPair::ensure_running() {
    if (pipeline_ && pipeline_->all_running()) {
        return {};
    }
    if (pipeline_) {
        pipeline_.reset();
        note_failure();
        logger("apertium")->warn("pipeline_died failures={}", failures_);
    }
    if (std::chrono::steady_clock::now() < not_before_) {
        return fail(ErrorCode::kUnavailable, "waiting before the programs are started again");
    }
    auto started = ChildPipeline::start(commands_);
    if (!started) {
        note_failure();
        return tl::unexpected{std::move(started.error())};
    }
    pipeline_ = std::move(*started);
    return {};
}

void ResidentPair::note_failure() {
    ++failures_;
    if (failures_ > 1) {
        const int doublings = std::min(failures_ - 2, 6);
        not_before_ = std::chrono::steady_clock::now() +
                      std::min(kFirstBackoff * (1 << doublings), kMaxBackoff);
    }
}

}  // namespace livedub::apertium
