// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/session_statistics.hpp"

#include <algorithm>
#include <utility>

namespace livedub::sts_session {
namespace {

/// A day of six-second fragments is 14 400.
constexpr std::size_t kTimesKept = 65'536;

}  // namespace

void SessionStatistics::record(const contract::FragmentProcessed& result, std::int64_t original_ms,
                               Origin origin) {
    switch (result.status) {
        case contract::ResultStatus::kSuccess:
            ++counts_.success_count;
            break;
        case contract::ResultStatus::kPartial:
            ++counts_.partial_count;
            break;
        case contract::ResultStatus::kFailed:
            ++counts_.failed_count;
            break;
    }
    counts_.total_duration_ms += original_ms;
    if (result.status == contract::ResultStatus::kFailed && result.error) {
        ++counts_.errors_by_code[result.error->code];
        ++counts_.errors_by_stage[result.error->stage.value_or("none")];
    }
    if (origin == Origin::kProcessed) {
        time_sum_ms_ += static_cast<double>(result.processing_time_ms);
        ++time_count_;
        times_ms_.push_back(result.processing_time_ms);
        if (times_ms_.size() > kTimesKept) {
            times_ms_.pop_front();
        }
    }
}

contract::StreamComplete SessionStatistics::summary() const {
    auto complete = counts_;
    complete.avg_processing_time_ms = average_ms();
    complete.p95_processing_time_ms = percentile_95(times_ms_);
    return complete;
}

double SessionStatistics::average_ms() const noexcept {
    return time_count_ == 0 ? 0.0 : time_sum_ms_ / static_cast<double>(time_count_);
}

double percentile_95(std::deque<std::int64_t> values) {
    if (values.empty()) {
        return 0.0;
    }
    const auto count = values.size();
    const auto at =
        std::min(static_cast<std::size_t>(static_cast<double>(count) * 0.95), count - 1);
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
    std::ranges::nth_element(values, place);
    return static_cast<double>(*place);
}

}  // namespace livedub::sts_session
