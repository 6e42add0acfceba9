// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/admission.hpp"

namespace livedub::sts_session {

SequenceVerdict judge_sequence(ReorderBuffer& buffer, const DeliveredResults& delivered,
                               std::int64_t number, std::string_view fragment_id) {
    if (const auto* const slot = buffer.find(number)) {
        return slot->fragment_id == fragment_id ? SequenceVerdict::kOutstanding
                                                : SequenceVerdict::kInvalid;
    }
    if (buffer.is_behind(number)) {
        return delivered.find(number, fragment_id) != nullptr ? SequenceVerdict::kDelivered
                                                              : SequenceVerdict::kInvalid;
    }
    const auto& slots = buffer.slots();
    const auto expected = slots.empty() ? buffer.next() : slots.rbegin()->first + 1;
    return number > expected ? SequenceVerdict::kAhead : SequenceVerdict::kNew;
}

}  // namespace livedub::sts_session
