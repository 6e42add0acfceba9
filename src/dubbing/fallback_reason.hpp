// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Why a fragment plays its original audio. The list is closed and normative: the names are the
// values of the `reason` label and of the events (external contract, section 6.5).

#pragma once

#include <string_view>

namespace livedub {

/// Exported as labels: add at the end, never renumber.
enum class FallbackReason {
    kSkipSts = 1,            // speech is switched off by configuration
    kPassthrough = 2,        // mode=passthrough
    kSameLanguage = 3,       // source equals target
    kStsNotReady = 4,        // no session with the speech side yet
    kInitRejected = 5,       // the speech side refused the session
    kStsDisconnected = 6,    // in flight or due while disconnected
    kBreakerOpen = 7,        // circuit open or probe pending
    kBackpressurePause = 8,  // could not be sent in time: told to pause
    kInflightLimit = 9,      // could not be sent in time: window full
    kSendError = 10,         // could not be handed over
    kTimeout = 11,           // no result within its own timeout
    kDeadline = 12,          // no result before the moment was due on air
    kFailed = 13,            // a stage failed; the detail says which and why
    kNoAudioInResult = 14,
    kUndecodableResult = 15,
    kNoSpeech = 16,   // nobody spoke
    kShortTail = 17,  // less than a second at the end of the input
    kStopping = 18,   // shutting down
};

/// The label: "skip_sts", "no_speech", ...
[[nodiscard]] std::string_view to_string(FallbackReason reason) noexcept;

}  // namespace livedub
