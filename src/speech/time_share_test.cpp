// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/time_share.hpp"

#include <chrono>
#include <condition_variable>

#include <gtest/gtest.h>

#include "base/mutex.hpp"

namespace livedub::speech {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;

/// An engine that works until it is stopped.
Result<int> work(const std::stop_token& stop) {
    Mutex mutex;
    std::condition_variable_any never;
    const MutexLock lock{mutex};
    never.wait(mutex, stop, [] { return false; });
    return fail(ErrorCode::kCancelled, "stopped");
}

TEST(TimeShare, EndsWhatTakesLonger) {
    DeadlineWatch watch;
    const TimeShare share{watch, steady_clock::now(), {}};

    const auto made = share.told(work(share.stop()), "too slow");

    EXPECT_EQ(made.error().code(), ErrorCode::kTimeout);
    EXPECT_EQ(made.error().message(), "too slow");
}

TEST(TimeShare, EndsWithTheCaller) {
    DeadlineWatch watch;
    std::stop_source caller;
    const TimeShare share{watch, steady_clock::now() + hours{1}, caller.get_token()};
    EXPECT_FALSE(share.stop().stop_requested());

    caller.request_stop();

    EXPECT_EQ(share.told(work(share.stop()), "too slow").error().code(), ErrorCode::kCancelled);
}

TEST(TimeShare, LeavesWhatWasMadeAsItIs) {
    DeadlineWatch watch;
    const TimeShare share{watch, steady_clock::now(), {}};

    EXPECT_EQ(share.told(Result<int>{7}, "too slow"), 7);
    EXPECT_EQ(share.told(Result<int>{fail(ErrorCode::kExhausted, "no memory")}, "").error().code(),
              ErrorCode::kExhausted);
}

TEST(TimeShare, ForgetsTheTimeWhenItGoes) {
    DeadlineWatch watch;
    std::stop_token stop;
    {
        const TimeShare share{watch, steady_clock::now() + hours{1}, {}};
        stop = share.stop();
    }

    EXPECT_FALSE(stop.stop_possible());  // nobody is left to request it
}

}  // namespace
}  // namespace livedub::speech
