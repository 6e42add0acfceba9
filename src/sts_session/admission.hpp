// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What a fragment's number says about it (external contract, 1.7). Asks, changes nothing.

#pragma once

#include <cstdint>
#include <string_view>

#include "sts_session/delivered_results.hpp"
#include "sts_session/reorder_buffer.hpp"

namespace livedub::sts_session {

enum class SequenceVerdict {
    kNew = 1,          // in order
    kAhead = 2,        // new, and numbers before it are missing
    kOutstanding = 3,  // the same fragment again, its result still to come
    kDelivered = 4,    // the same fragment again, its result kept
    kInvalid = 5,      // used by another fragment, behind the delivery point, or too long ago
};

[[nodiscard]] SequenceVerdict judge_sequence(ReorderBuffer& buffer,
                                             const DeliveredResults& delivered, std::int64_t number,
                                             std::string_view fragment_id);

}  // namespace livedub::sts_session
