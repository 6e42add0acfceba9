// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_session/fragment_ledger.hpp"

#include <algorithm>

namespace livedub {

std::optional<std::pair<StreamTime, StreamTime>> FragmentLedger::next_cut(
    StreamTime available) const {
    const StreamTime boundary{(cut_.time_since_epoch() / segment_ + 1) * segment_};
    if (available < boundary) {
        return std::nullopt;
    }
    return std::pair{cut_, boundary};
}

std::optional<std::pair<StreamTime, StreamTime>> FragmentLedger::tail(StreamTime available) const {
    if (available <= cut_) {
        return std::nullopt;
    }
    return std::pair{cut_, available};
}

const OpenFragment& FragmentLedger::open(StreamTime start, StreamTime end, SteadyTime deadline) {
    cut_ = std::max(cut_, end);
    return open_.emplace_back(OpenFragment{next_number_++, start, end, deadline});
}

void FragmentLedger::skip_to(StreamTime time) {
    cut_ = std::max(cut_, time);
}

std::optional<OpenFragment> FragmentLedger::close(std::uint64_t number) {
    const auto found = std::ranges::find(open_, number, &OpenFragment::number);
    if (found == open_.end()) {
        return std::nullopt;
    }
    const OpenFragment fragment = *found;
    open_.erase(found);
    return fragment;
}

std::vector<OpenFragment> FragmentLedger::close_overdue(SteadyTime now) {
    std::vector<OpenFragment> overdue;
    while (!open_.empty() && open_.front().deadline <= now) {
        overdue.push_back(open_.front());
        open_.pop_front();
    }
    return overdue;
}

std::optional<SteadyTime> FragmentLedger::next_deadline() const {
    return open_.empty() ? std::nullopt : std::optional{open_.front().deadline};
}

}  // namespace livedub
