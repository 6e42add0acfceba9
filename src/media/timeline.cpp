// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media/timeline.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace livedub {
namespace {

using std::chrono::milliseconds;

/// A step of a track further than this, either way, is a jump (external contract, section 6.1).
constexpr std::int64_t kJumpMs = 1000;
/// Packets that come within this of where the timeline expects them arrived without a break.
constexpr std::int64_t kSeamToleranceMs = 500;
/// How far apart the two tracks may cross the same jump.
constexpr std::int64_t kInterleaveMs = 3000;
/// How far apart packets of the two tracks are sent that belong to one moment.
constexpr std::int64_t kBesideMs = 500;

StreamTime at(std::int64_t ms) {
    return StreamTime{milliseconds{ms}};
}

std::int64_t to_ms(StreamTime time) {
    return std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

Timeline::Place Timeline::place(Track track, std::uint32_t timestamp_ms, StreamTime live_edge) {
    auto& state = tracks_[static_cast<std::size_t>(track) - 1];
    const std::int64_t sender_ms = unwrap(state, timestamp_ms);
    bool is_discontinuity = false;

    if (!state.is_started) {
        const bool is_first_of_all = std::ranges::none_of(tracks_, &TrackState::is_started);
        const std::int64_t placed = sender_ms + newest_.shift_ms;
        if (is_first_of_all) {
            newest_.shift_ms = -sender_ms;
        } else if (std::abs(placed - to_ms(head())) > kInterleaveMs) {
            anchor(sender_ms, live_edge);
            is_discontinuity = true;
        }
        state.is_started = true;
        state.epoch = newest_;
        state.timeline_ms = sender_ms + newest_.shift_ms;
    } else if (std::abs(sender_ms - state.sender_ms) > kJumpMs && !has_paused(state, sender_ms)) {
        if (const auto joined = newer_epoch_for(state, sender_ms)) {
            state.epoch = *joined;
        } else {
            anchor(sender_ms, live_edge);
            state.epoch = newest_;
            is_discontinuity = true;
        }
    }

    state.sender_ms = sender_ms;
    // Small steps back are repaired, not followed: decoding times within a track never decrease.
    const std::int64_t stamped_ms = sender_ms + state.epoch.shift_ms;
    state.timeline_ms = std::max(state.timeline_ms, stamped_ms);
    return {at(state.timeline_ms), at(stamped_ms), is_discontinuity};
}

void Timeline::postpone(milliseconds by) noexcept {
    newest_.shift_ms += by.count();
    for (auto& state : tracks_) {
        state.epoch.shift_ms += by.count();
    }
}

StreamTime Timeline::last(Track track) const noexcept {
    const auto& state = tracks_[static_cast<std::size_t>(track) - 1];
    return state.is_started ? at(state.timeline_ms) : head();
}

StreamTime Timeline::head() const noexcept {
    std::int64_t head_ms = 0;
    for (const auto& state : tracks_) {
        head_ms = std::max(head_ms, state.is_started ? state.timeline_ms : 0);
    }
    return at(head_ms);
}

const Timeline::TrackState& Timeline::other_than(const TrackState& state) const {
    return tracks_[&state == tracks_.data() ? 1 : 0];
}

bool Timeline::has_paused(const TrackState& state, std::int64_t sender_ms) const {
    const auto& other = other_than(state);
    return sender_ms > state.sender_ms && other.is_started &&
           other.epoch.number == newest_.number && state.epoch.number == newest_.number &&
           std::abs(sender_ms - other.sender_ms) <= kBesideMs;
}

std::int64_t Timeline::unwrap(const TrackState& state, std::uint32_t timestamp_ms) const {
    const auto& reference = state.is_started ? state : other_than(state);
    if (!reference.is_started) {
        return timestamp_ms;
    }
    // The shorter way round the 32-bit circle, which is right for steps of up to 24 days.
    const auto step =
        static_cast<std::int32_t>(timestamp_ms - static_cast<std::uint32_t>(reference.sender_ms));
    return reference.sender_ms + step;
}

std::optional<Timeline::Epoch> Timeline::newer_epoch_for(const TrackState& state,
                                                         std::int64_t sender_ms) const {
    if (state.epoch.number == newest_.number) {
        return std::nullopt;
    }
    // The other track has crossed the jump before: this one joins it if that puts it beside it.
    const std::int64_t placed = sender_ms + newest_.shift_ms;
    if (std::abs(placed - to_ms(head())) > kInterleaveMs) {
        return std::nullopt;
    }
    return newest_;
}

void Timeline::anchor(std::int64_t sender_ms, StreamTime live_edge) {
    const std::int64_t head_ms = to_ms(head());
    const std::int64_t live_ms = to_ms(live_edge);
    // One past the last packet: a seam that lands on it would give two frames one decoding time.
    const std::int64_t resumed_ms = live_ms > head_ms + kSeamToleranceMs ? live_ms : head_ms + 1;
    newest_ = {newest_.number + 1, resumed_ms - sender_ms};
}

}  // namespace livedub
