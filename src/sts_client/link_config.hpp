// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What of a link is configuration.

#pragma once

#include <chrono>
#include <string>

#include "sts_client/circuit_breaker.hpp"

namespace livedub::sts_client {

/// What plays where nobody spoke.
enum class NoSpeechAudio {
    kOriginal = 1,
    kSilence = 2,  // the result's own sound
};

enum class WhenExhausted {
    kPassthrough = 1,  // keep trying
    kStop = 2,
};

struct LinkConfig {
    std::string worker_id = "livedub";
    bool wants_binary = true;
    NoSpeechAudio no_speech = NoSpeechAudio::kOriginal;
    WhenExhausted when_exhausted = WhenExhausted::kPassthrough;
    BreakerLimits breaker;
    std::chrono::milliseconds ready_timeout{10'000};     // from stream:init to stream:ready
    std::chrono::milliseconds complete_timeout{10'000};  // from stream:end to stream:complete
};

}  // namespace livedub::sts_client
