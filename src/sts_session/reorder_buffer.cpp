// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/reorder_buffer.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace livedub::sts_session {

bool ReorderBuffer::is_behind(std::int64_t number) const {
    return number < next_ || (number < skipped_below_ && !slots_.contains(number));
}

Slot* ReorderBuffer::find(std::int64_t number) {
    const auto found = slots_.find(number);
    return found == slots_.end() ? nullptr : &found->second;
}

Slot& ReorderBuffer::insert(std::int64_t number, Slot slot) {
    LIVEDUB_CHECK(!is_behind(number));
    const auto [place, is_new] = slots_.emplace(number, std::move(slot));
    LIVEDUB_CHECK(is_new);
    return place->second;
}

void Slot::finish(FinishedFragment with, SteadyTime now) {
    state = SlotState::kDone;
    data.reset();
    finished = std::move(with);
    done_at = now;
}

std::optional<ReorderBuffer::Leaving> ReorderBuffer::take() {
    const auto head = slots_.find(next_);
    if (head == slots_.end() || head->second.state != SlotState::kDone) {
        return std::nullopt;
    }
    Leaving leaving{head->first, std::move(head->second)};
    slots_.erase(head);
    ++next_;
    settle_head();
    return leaving;
}

std::optional<SteadyTime> ReorderBuffer::gap_deadline() const {
    if (slots_.empty() || slots_.begin()->first == next_) {
        return std::nullopt;
    }
    std::optional<SteadyTime> first;
    for (const auto& [number, slot] : slots_) {
        if (slot.state == SlotState::kDone && (!first || slot.done_at < *first)) {
            first = slot.done_at;
        }
    }
    return first ? std::optional{*first + gap_timeout_} : std::nullopt;
}

SkippedNumbers ReorderBuffer::skip_overdue(SteadyTime now) {
    if (slots_.empty() || slots_.begin()->first == next_) {
        return {};
    }
    std::int64_t limit = next_;
    for (const auto& [number, slot] : slots_) {
        if (slot.state == SlotState::kDone && slot.done_at + gap_timeout_ <= now) {
            limit = number;
        }
    }
    return skip_below(limit);
}

SkippedNumbers ReorderBuffer::skip_missing() {
    return slots_.empty() ? SkippedNumbers{} : skip_below(slots_.rbegin()->first);
}

SkippedNumbers ReorderBuffer::skip_below(std::int64_t limit) {
    SkippedNumbers skipped;
    auto number = std::max(next_, skipped_below_);
    for (auto slot = slots_.lower_bound(number); number < limit; ++slot) {
        const auto end = slot == slots_.end() ? limit : std::min(limit, slot->first);
        skipped.count += end - number;
        for (; number < end && skipped.numbers.size() < SkippedNumbers::kMostNamed; ++number) {
            skipped.numbers.push_back(number);
        }
        number = end + 1;
        if (slot == slots_.end()) {
            break;
        }
    }
    skipped_below_ = std::max(skipped_below_, limit);
    settle_head();
    return skipped;
}

void ReorderBuffer::settle_head() {
    if (next_ < skipped_below_) {
        const auto first = slots_.empty() ? skipped_below_ : slots_.begin()->first;
        next_ = std::max(next_, std::min(first, skipped_below_));
    }
}

std::size_t ReorderBuffer::outstanding() const {
    return static_cast<std::size_t>(std::ranges::count_if(slots_, [](const auto& entry) {
        return entry.second.origin == SessionStatistics::Origin::kProcessed;
    }));
}

std::size_t ReorderBuffer::held() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        slots_, [](const auto& entry) { return entry.second.state == SlotState::kDone; }));
}

}  // namespace livedub::sts_session
