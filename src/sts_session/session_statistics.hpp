// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What stream:complete tells of a stream (external contract, 1.5).

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "contract/fragment_messages.hpp"
#include "contract/session_messages.hpp"

namespace livedub::sts_session {

class SessionStatistics {
  public:
    enum class Origin {
        kProcessed = 1,  // was taken: its processing time counts
        kRefused = 2,    // was never worked on
    };

    /// @param original_ms How much original sound it was; 0 when unknown.
    void record(const contract::FragmentProcessed& result, std::int64_t original_ms, Origin origin);

    /// Everything but stream_id and the session's own duration.
    [[nodiscard]] contract::StreamComplete summary() const;

    /// Of the fragments that were processed so far; 0 when there was none.
    [[nodiscard]] double average_ms() const noexcept;

  private:
    contract::StreamComplete counts_;
    double time_sum_ms_ = 0.0;
    std::size_t time_count_ = 0;
    std::deque<std::int64_t> times_ms_;  // the last ones, for the percentile
};

/// sorted[min(int(n * 0.95), n - 1)]; 0 of nothing.
[[nodiscard]] double percentile_95(std::deque<std::int64_t> values);

}  // namespace livedub::sts_session
