// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One engine's share of the time that a stage has. Whoever calls stops the whole stage; an engine
// that another one stands in for has to end before that, or nobody is left to ask the other one.

#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "speech/deadline_watch.hpp"

namespace livedub::speech {

/// Lives on the stack of one call.
class TimeShare {
  public:
    /// @param watch Outlives this.
    /// @param caller The stop of whoever calls.
    TimeShare(DeadlineWatch& watch, SteadyTime until, std::stop_token caller)
        : watch_{watch},
          caller_{std::move(caller)},
          on_stop_{caller_, Forward{source_}},
          ticket_{watch_.arm(until, Forward{source_})} {}
    ~TimeShare() { watch_.disarm(ticket_); }
    TimeShare(const TimeShare&) = delete;
    TimeShare& operator=(const TimeShare&) = delete;

    /// Fires when the caller's does, and soon after `until`. Its callbacks run on the thread of the
    /// watch or of whoever stops, and have to be short.
    [[nodiscard]] std::stop_token stop() const noexcept { return source_.get_token(); }

    /// What was made with stop(). Where it was cancelled because the time was over: kTimeout, with
    /// `what` as its message.
    template <typename T>
    [[nodiscard]] Result<T> told(Result<T> made, std::string_view what) const {
        const bool is_over = source_.stop_requested() && !caller_.stop_requested();
        if (is_over && !made && made.error().code() == ErrorCode::kCancelled) {
            return fail(ErrorCode::kTimeout, std::string{what});
        }
        return made;
    }

  private:
    struct Forward {
        std::stop_source source;
        void operator()() const noexcept { source.request_stop(); }
    };

    DeadlineWatch& watch_;
    const std::stop_token caller_;
    std::stop_source source_;
    std::stop_callback<Forward> on_stop_;
    DeadlineWatch::Ticket ticket_;
};

}  // namespace livedub::speech
