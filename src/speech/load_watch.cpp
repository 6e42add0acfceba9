// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/load_watch.hpp"

#include <algorithm>
#include <chrono>

namespace livedub::speech {
namespace {

constexpr std::size_t kFewest = 4;  // fragments that say anything about a period

constexpr double kTooManyLate = 0.5;
constexpr double kFew = 0.1;

/// Workers are kept this busy while fragments are skipped; with less to do than that for all
/// fragments, none need be.
constexpr double kFull = 0.9;
constexpr double kToSpare = 0.75;

/// Something is always tried: else nobody would notice that the machine has become faster.
constexpr double kLeastShare = 0.1;

double seconds(SteadyDuration duration) {
    return std::chrono::duration<double>{duration}.count();
}

LoadLevel beyond(LoadLevel level) {
    return level == LoadLevel::kKeepsUp ? LoadLevel::kSkips : LoadLevel::kCaptionsOnly;
}

LoadLevel before(LoadLevel level) {
    return level == LoadLevel::kCaptionsOnly ? LoadLevel::kSkips : LoadLevel::kKeepsUp;
}

}  // namespace

std::string_view to_string(LoadLevel level) noexcept {
    switch (level) {
        case LoadLevel::kKeepsUp:
            return "keeps up";
        case LoadLevel::kSkips:
            return "skips fragments";
        case LoadLevel::kCaptionsOnly:
            return "captions only";
    }
    return "unknown";
}

bool LoadWatch::admits(double& credit) const noexcept {
    if (level_ == LoadLevel::kKeepsUp) {
        return true;
    }
    constexpr double kRounding = 1e-9;
    credit += share_;
    if (credit < 1.0 - kRounding) {
        return false;
    }
    credit -= 1.0;
    return true;
}

std::optional<LoadChange> LoadWatch::note(SteadyTime now, const FragmentEnd& end) {
    lately_.push_back({.when = now, .end = end});
    while (lately_.front().when + period_ < now) {
        lately_.pop_front();
    }
    if (!since_) {
        since_ = now;
    }
    // After a pause a few late ones are no period of them.
    const bool is_whole = now - lately_.front().when >= period_ / 2;
    const bool says_enough = is_whole && lately_.size() >= kFewest;
    // As when clients whose fragments were left out have all but stopped asking.
    const bool is_quiet = level_ != LoadLevel::kKeepsUp && lately_.size() < kFewest;
    if (now - *since_ < period_ || (!says_enough && !is_quiet)) {
        return std::nullopt;
    }
    auto change = measure();
    last_factor_ = change.real_time_factor;
    share_ = std::clamp(kFull / std::max(change.demand, kFull), kLeastShare, 1.0);
    if (is_quiet) {
        change.level = change.demand <= kToSpare ? before(level_) : level_;
    } else if (1.0 - change.in_time >= kTooManyLate) {
        change.level = beyond(level_);
    } else if (1.0 - change.in_time <= kFew && change.demand <= kToSpare) {
        change.level = before(level_);
    } else {
        change.level = level_;
    }
    if (change.level == level_) {
        return std::nullopt;
    }
    level_ = change.level;
    since_ = now;
    return change;
}

LoadChange LoadWatch::measure() const {
    double worked = 0.0;
    double begun_audio = 0.0;
    double audio = 0.0;
    std::size_t judged = 0;
    std::size_t late = 0;
    for (const auto& [when, end] : lately_) {
        audio += seconds(end.audio);
        if (end.worked) {
            worked += seconds(*end.worked);
            begun_audio += seconds(end.audio);
        }
        if (end.worked || end.is_too_late) {
            ++judged;
            late += end.is_too_late ? 1U : 0U;
        }
    }
    LoadChange measured;
    measured.real_time_factor = begun_audio > 0.0 ? worked / begun_audio : last_factor_;
    measured.demand =
        measured.real_time_factor * audio / (static_cast<double>(workers_) * seconds(period_));
    measured.in_time =
        judged == 0 ? 1.0 : 1.0 - static_cast<double>(late) / static_cast<double>(judged);
    return measured;
}

}  // namespace livedub::speech
