// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "dubbing/fallback_reason.hpp"

namespace livedub {

std::string_view to_string(FallbackReason reason) noexcept {
    switch (reason) {
        case FallbackReason::kSkipSts:
            return "skip_sts";
        case FallbackReason::kPassthrough:
            return "passthrough";
        case FallbackReason::kSameLanguage:
            return "same_language";
        case FallbackReason::kStsNotReady:
            return "sts_not_ready";
        case FallbackReason::kInitRejected:
            return "init_rejected";
        case FallbackReason::kStsDisconnected:
            return "sts_disconnected";
        case FallbackReason::kBreakerOpen:
            return "breaker_open";
        case FallbackReason::kBackpressurePause:
            return "backpressure_pause";
        case FallbackReason::kInflightLimit:
            return "inflight_limit";
        case FallbackReason::kSendError:
            return "send_error";
        case FallbackReason::kTimeout:
            return "timeout";
        case FallbackReason::kDeadline:
            return "deadline";
        case FallbackReason::kFailed:
            return "failed";
        case FallbackReason::kNoAudioInResult:
            return "no_audio_in_result";
        case FallbackReason::kUndecodableResult:
            return "undecodable_result";
        case FallbackReason::kNoSpeech:
            return "no_speech";
        case FallbackReason::kShortTail:
            return "short_tail";
        case FallbackReason::kStopping:
            return "stopping";
    }
    return "unknown";
}

}  // namespace livedub
