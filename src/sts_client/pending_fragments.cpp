// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/pending_fragments.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"

namespace livedub::sts_client {

bool PendingFragments::add(PendingFragment fragment) {
    if (pending_.size() >= kMost || by_number(fragment.number) != nullptr) {
        return false;
    }
    pending_.push_back(std::move(fragment));
    return true;
}

PendingFragment* PendingFragments::by_number(std::uint64_t number) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto& one) { return one.number == number; });
    return found == pending_.end() ? nullptr : &*found;
}

PendingFragment* PendingFragments::by_id(std::string_view id) {
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const auto& one) {
        return !one.is_unsent() && one.id == id;
    });
    return found == pending_.end() ? nullptr : &*found;
}

PendingFragment* PendingFragments::next_to_send() {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [](const auto& one) { return one.is_unsent(); });
    return found == pending_.end() ? nullptr : &*found;
}

int PendingFragments::outstanding() const {
    return static_cast<int>(std::count_if(pending_.begin(), pending_.end(), [](const auto& one) {
        return one.state == PendingFragment::State::kSent;
    }));
}

std::vector<std::uint64_t> PendingFragments::numbers_of(
    bool (*wanted)(const PendingFragment&)) const {
    std::vector<std::uint64_t> numbers;
    for (const auto& one : pending_) {
        if (wanted(one)) {
            numbers.push_back(one.number);
        }
    }
    return numbers;
}

void PendingFragments::mark_held(SendVerdict why) {
    for (auto& one : pending_) {
        if (one.state == PendingFragment::State::kPrepared) {
            one.held_by = why;
        }
    }
}

PendingFragment PendingFragments::take(std::uint64_t number) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto& one) { return one.number == number; });
    LIVEDUB_CHECK(found != pending_.end());
    PendingFragment taken = std::move(*found);
    pending_.erase(found);
    if (!taken.is_unsent()) {
        if (decided_.size() >= kRemember) {
            decided_.pop_front();
        }
        decided_.push_back({.id = taken.id,
                            .number = taken.number,
                            .shape = taken.shape,
                            .is_answered = taken.state == PendingFragment::State::kDecoding});
    }
    return taken;
}

DecidedFragmentMemory* PendingFragments::decided(std::string_view id) {
    const auto found = std::find_if(decided_.begin(), decided_.end(),
                                    [&](const auto& one) { return one.id == id; });
    return found == decided_.end() ? nullptr : &*found;
}

}  // namespace livedub::sts_client
