// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The error codes of the protocol (external contract, 1.6), and what each means for who sends and
// who receives it.

#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace livedub::contract {

namespace error_code {

inline constexpr std::string_view kAuthFailed = "AUTH_FAILED";
inline constexpr std::string_view kStreamNotFound = "STREAM_NOT_FOUND";
inline constexpr std::string_view kStreamPaused = "STREAM_PAUSED";
inline constexpr std::string_view kStreamNotReady = "STREAM_NOT_READY";
inline constexpr std::string_view kInvalidConfig = "INVALID_CONFIG";
inline constexpr std::string_view kInvalidVoiceProfile = "INVALID_VOICE_PROFILE";
inline constexpr std::string_view kUnsupportedLanguage = "UNSUPPORTED_LANGUAGE";
inline constexpr std::string_view kMalformedData = "MALFORMED_DATA";
inline constexpr std::string_view kFragmentTooLarge = "FRAGMENT_TOO_LARGE";
inline constexpr std::string_view kInvalidSequence = "INVALID_SEQUENCE";
inline constexpr std::string_view kQueueFull = "QUEUE_FULL";
inline constexpr std::string_view kBackpressureExceeded = "BACKPRESSURE_EXCEEDED";  // peers only
inline constexpr std::string_view kRateLimit = "RATE_LIMIT";
inline constexpr std::string_view kInvalidAudioFormat = "INVALID_AUDIO_FORMAT";
inline constexpr std::string_view kTimeout = "TIMEOUT";
inline constexpr std::string_view kAsrFailed = "ASR_FAILED";
inline constexpr std::string_view kTranslationFailed = "TRANSLATION_FAILED";
inline constexpr std::string_view kTtsSynthesisFailed = "TTS_SYNTHESIS_FAILED";
inline constexpr std::string_view kTranslationApiUnavailable = "TRANSLATION_API_UNAVAILABLE";
inline constexpr std::string_view kRateLimitExceeded = "RATE_LIMIT_EXCEEDED";
inline constexpr std::string_view kDurationMismatchExceeded = "DURATION_MISMATCH_EXCEEDED";
inline constexpr std::string_view kModelError = "MODEL_ERROR";
inline constexpr std::string_view kGpuOom = "GPU_OOM";
inline constexpr std::string_view kProcessingError = "PROCESSING_ERROR";

}  // namespace error_code

struct ErrorCodeInfo {
    std::string_view code;
    std::string_view severity = "error";  // warning, error, fatal
    bool is_retryable = false;            // a later fragment may succeed
    bool counts_for_breaker = false;      // towards opening a client's circuit (1.14)
};

inline constexpr std::array kErrorCodes{
    ErrorCodeInfo{.code = error_code::kAuthFailed, .severity = "fatal"},
    ErrorCodeInfo{.code = error_code::kStreamNotFound},
    ErrorCodeInfo{.code = error_code::kStreamPaused},
    ErrorCodeInfo{.code = error_code::kStreamNotReady},
    ErrorCodeInfo{.code = error_code::kInvalidConfig},
    ErrorCodeInfo{.code = error_code::kInvalidVoiceProfile},
    ErrorCodeInfo{.code = error_code::kUnsupportedLanguage},
    ErrorCodeInfo{.code = error_code::kMalformedData},
    ErrorCodeInfo{.code = error_code::kFragmentTooLarge},
    ErrorCodeInfo{.code = error_code::kInvalidSequence},  // a gap is said with "warning"
    ErrorCodeInfo{error_code::kQueueFull, "warning", true, true},
    ErrorCodeInfo{error_code::kBackpressureExceeded, "warning", true, true},
    ErrorCodeInfo{error_code::kRateLimit, "warning", true, true},
    ErrorCodeInfo{.code = error_code::kInvalidAudioFormat},
    ErrorCodeInfo{error_code::kTimeout, "error", true, true},
    ErrorCodeInfo{error_code::kAsrFailed, "error", false, true},
    ErrorCodeInfo{error_code::kTranslationFailed, "error", false, true},
    ErrorCodeInfo{error_code::kTtsSynthesisFailed, "error", false, true},
    ErrorCodeInfo{error_code::kTranslationApiUnavailable, "error", true, true},
    ErrorCodeInfo{error_code::kRateLimitExceeded, "error", true, true},
    ErrorCodeInfo{.code = error_code::kDurationMismatchExceeded},
    ErrorCodeInfo{error_code::kModelError, "error", true, true},
    ErrorCodeInfo{error_code::kGpuOom, "error", true, true},
    ErrorCodeInfo{error_code::kProcessingError, "error", true, true},
};

/// A code that is not ours is an error, not retryable, and counts, unless it begins with INVALID_.
[[nodiscard]] constexpr ErrorCodeInfo describe_error_code(std::string_view code) noexcept {
    const auto* const found = std::ranges::find(kErrorCodes, code, &ErrorCodeInfo::code);
    if (found != kErrorCodes.end()) {
        return *found;
    }
    return {.code = code, .counts_for_breaker = !code.starts_with("INVALID_")};
}

[[nodiscard]] constexpr std::string_view severity_of(std::string_view code) noexcept {
    return describe_error_code(code).severity;
}

[[nodiscard]] constexpr bool is_retryable(std::string_view code) noexcept {
    return describe_error_code(code).is_retryable;
}

[[nodiscard]] constexpr bool counts_for_breaker(std::string_view code) noexcept {
    return describe_error_code(code).counts_for_breaker;
}

}  // namespace livedub::contract
