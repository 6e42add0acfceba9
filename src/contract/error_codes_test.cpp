// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "contract/error_codes.hpp"

#include <set>

#include <gtest/gtest.h>

namespace livedub::contract {
namespace {

static_assert(severity_of("AUTH_FAILED") == "fatal");
static_assert(severity_of("QUEUE_FULL") == "warning");
static_assert(severity_of("TIMEOUT") == "error");

TEST(ErrorCodes, AreTheTwentyFourOfTheContract) {
    std::set<std::string_view> codes;
    for (const auto& info : kErrorCodes) {
        codes.insert(info.code);
    }
    EXPECT_EQ(codes.size(), 24U);
    EXPECT_EQ(codes.size(), kErrorCodes.size());
}

TEST(ErrorCodes, SayWhatMayBeTriedAgain) {
    std::set<std::string_view> retryable;
    for (const auto& info : kErrorCodes) {
        if (is_retryable(info.code)) {
            retryable.insert(info.code);
        }
    }
    EXPECT_EQ(retryable, (std::set<std::string_view>{
                             "QUEUE_FULL", "BACKPRESSURE_EXCEEDED", "RATE_LIMIT", "TIMEOUT",
                             "TRANSLATION_API_UNAVAILABLE", "RATE_LIMIT_EXCEEDED", "MODEL_ERROR",
                             "GPU_OOM", "PROCESSING_ERROR"}));
}

TEST(ErrorCodes, SayWhatCountsForTheBreaker) {
    std::set<std::string_view> counted;
    for (const auto& info : kErrorCodes) {
        if (counts_for_breaker(info.code)) {
            counted.insert(info.code);
        }
    }
    EXPECT_EQ(counted,
              (std::set<std::string_view>{
                  "TIMEOUT", "MODEL_ERROR", "GPU_OOM", "QUEUE_FULL", "BACKPRESSURE_EXCEEDED",
                  "RATE_LIMIT", "RATE_LIMIT_EXCEEDED", "PROCESSING_ERROR", "ASR_FAILED",
                  "TRANSLATION_FAILED", "TRANSLATION_API_UNAVAILABLE", "TTS_SYNTHESIS_FAILED"}));
}

TEST(ErrorCodes, CountUnknownOnesButNoInvalidOnes) {
    EXPECT_TRUE(counts_for_breaker("SOMETHING_NEW"));
    EXPECT_TRUE(counts_for_breaker(""));
    EXPECT_FALSE(counts_for_breaker("INVALID_SOMETHING"));
    EXPECT_FALSE(is_retryable("SOMETHING_NEW"));
    EXPECT_EQ(severity_of("SOMETHING_NEW"), "error");
}

}  // namespace
}  // namespace livedub::contract
