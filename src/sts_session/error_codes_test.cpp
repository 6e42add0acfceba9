// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/error_codes.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

namespace livedub::sts_session {
namespace {

struct Row {
    std::string code;
    std::string severity;
    bool is_retryable;

    friend void PrintTo(const Row& row, std::ostream* out) { *out << row.code; }
};

class Section16 : public testing::TestWithParam<Row> {};

TEST_P(Section16, SeverityAndRetry) {
    const auto& row = GetParam();
    const auto event = make_error_event(row.code, "why");
    const auto error = make_processing_error(row.code, "why");

    EXPECT_EQ(event.code, row.code);
    EXPECT_EQ(event.message, "why");
    EXPECT_EQ(event.severity, row.severity);
    EXPECT_EQ(event.retryable, row.is_retryable);
    EXPECT_EQ(error.code, row.code);
    EXPECT_EQ(error.retryable, row.is_retryable);
}

INSTANTIATE_TEST_SUITE_P(
    All, Section16,
    testing::Values(
        Row{"AUTH_FAILED", "fatal", false}, Row{"STREAM_NOT_FOUND", "error", false},
        Row{"STREAM_PAUSED", "error", false}, Row{"STREAM_NOT_READY", "error", false},
        Row{"INVALID_CONFIG", "error", false}, Row{"INVALID_VOICE_PROFILE", "error", false},
        Row{"UNSUPPORTED_LANGUAGE", "error", false}, Row{"MALFORMED_DATA", "error", false},
        Row{"FRAGMENT_TOO_LARGE", "error", false}, Row{"INVALID_SEQUENCE", "error", false},
        Row{"QUEUE_FULL", "warning", true}, Row{"RATE_LIMIT", "warning", true},
        Row{"INVALID_AUDIO_FORMAT", "error", false}, Row{"TIMEOUT", "error", true},
        Row{"ASR_FAILED", "error", false}, Row{"TRANSLATION_FAILED", "error", false},
        Row{"TTS_SYNTHESIS_FAILED", "error", false},
        Row{"TRANSLATION_API_UNAVAILABLE", "error", true},
        Row{"RATE_LIMIT_EXCEEDED", "error", true},
        Row{"DURATION_MISMATCH_EXCEEDED", "error", false}, Row{"MODEL_ERROR", "error", true},
        Row{"GPU_OOM", "error", true}, Row{"PROCESSING_ERROR", "error", true}),
    [](const auto& row) { return row.param.code; });

}  // namespace
}  // namespace livedub::sts_session
