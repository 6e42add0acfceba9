// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The last results that were sent, for clients that ask again (external contract, 1.7).

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "sts_session/finished_fragment.hpp"

namespace livedub::sts_session {

class DeliveredResults {
  public:
    static constexpr std::size_t kMost = 16;

    void remember(std::int64_t number, FinishedFragment finished) {
        results_.push_back({number, std::move(finished)});
        if (results_.size() > kMost) {
            results_.pop_front();
        }
    }

    /// nullptr when it is not kept, or was another fragment's.
    [[nodiscard]] const FinishedFragment* find(std::int64_t number, std::string_view id) const {
        for (const auto& entry : results_) {
            if (entry.number == number && entry.finished.result.fragment_id == id) {
                return &entry.finished;
            }
        }
        return nullptr;
    }

  private:
    struct Entry {
        std::int64_t number;
        FinishedFragment finished;
    };
    std::deque<Entry> results_;
};

}  // namespace livedub::sts_session
