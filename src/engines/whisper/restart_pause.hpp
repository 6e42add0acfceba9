// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How long to leave something alone that ends again and again: not at all after the first time,
// then twice as long each time, up to a limit; anew after it has worked.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace livedub::whisper {

/// A value.
class RestartPause {
  public:
    explicit RestartPause(SteadyDuration first = std::chrono::milliseconds{500},
                          SteadyDuration longest = std::chrono::seconds{30})
        : first_{first}, longest_{longest} {}

    void note_failure(SteadyTime now) {
        until_ = now + next_;
        next_ = next_ == SteadyDuration::zero() ? first_ : std::min(next_ * 2, longest_);
    }
    void note_success() { next_ = SteadyDuration::zero(); }

    [[nodiscard]] bool is_over(SteadyTime now) const noexcept { return now >= until_; }
    [[nodiscard]] SteadyTime until() const noexcept { return until_; }

  private:
    SteadyDuration first_;
    SteadyDuration longest_;
    SteadyDuration next_{};
    SteadyTime until_{};
};

/// Why `what` is not tried: kUnavailable, with how long that stays so.
[[nodiscard]] inline tl::unexpected<Error> left_alone(std::string_view what,
                                                      const RestartPause& pause) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        pause.until() - std::chrono::steady_clock::now());
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} ended again and again; the next try is in {} ms", what,
                            std::max<std::int64_t>(wait.count(), 0)));
}

}  // namespace livedub::whisper
