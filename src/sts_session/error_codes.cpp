// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/error_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace livedub::sts_session {
namespace {

struct Row {
    std::string_view code;
    CodeTraits traits;
};

constexpr std::array kRows = std::to_array<Row>({
    {"AUTH_FAILED", {"fatal", false}},          {"STREAM_NOT_FOUND", {"error", false}},
    {"STREAM_PAUSED", {"error", false}},        {"STREAM_NOT_READY", {"error", false}},
    {"INVALID_CONFIG", {"error", false}},       {"INVALID_VOICE_PROFILE", {"error", false}},
    {"UNSUPPORTED_LANGUAGE", {"error", false}}, {"MALFORMED_DATA", {"error", false}},
    {"FRAGMENT_TOO_LARGE", {"error", false}},   {"INVALID_SEQUENCE", {"error", false}},
    {"QUEUE_FULL", {"warning", true}},          {"RATE_LIMIT", {"warning", true}},
    {"INVALID_AUDIO_FORMAT", {"error", false}}, {"TIMEOUT", {"error", true}},
    {"ASR_FAILED", {"error", false}},           {"TRANSLATION_FAILED", {"error", false}},
    {"TTS_SYNTHESIS_FAILED", {"error", false}}, {"TRANSLATION_API_UNAVAILABLE", {"error", true}},
    {"RATE_LIMIT_EXCEEDED", {"error", true}},   {"DURATION_MISMATCH_EXCEEDED", {"error", false}},
    {"MODEL_ERROR", {"error", true}},           {"GPU_OOM", {"error", true}},
    {"PROCESSING_ERROR", {"error", true}},
});

}  // namespace

CodeTraits traits_of(std::string_view code) noexcept {
    const auto* const row = std::ranges::find(kRows, code, &Row::code);
    return row == kRows.end() ? CodeTraits{"error", false} : row->traits;
}

contract::ErrorEvent make_error_event(std::string_view code, std::string message) {
    const auto traits = traits_of(code);
    contract::ErrorEvent event;
    event.code = code;
    event.message = std::move(message);
    event.severity = traits.severity;
    event.retryable = traits.is_retryable;
    return event;
}

contract::ProcessingError make_processing_error(std::string_view code, std::string message) {
    contract::ProcessingError error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = traits_of(code).is_retryable;
    return error;
}

}  // namespace livedub::sts_session
