// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes a sentence fit the time there is for it (external contract, section 7.4). Translations are
// often longer than what was said; the order of means is: speak faster (the engine's own rate
// sounds best), stretch what is left, trim a little with a fade, give up.

#pragma once

#include <optional>
#include <stop_token>
#include <string_view>

#include "base/result.hpp"
#include "media/stream_time.hpp"
#include "speech/samples.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::speech {

/// What becomes of speech that is longer than even the limits allow.
enum class OverrunPolicy {
    kFail = 1,
    kTrim = 2,  // trimmed all the same, and said so
};

struct FitLimits {
    double min_speed = 1.0;          // TTS_SPEED_MIN: below 1, short speech may be slowed so far
    double max_speed = 2.0;          // TTS_SPEED_MAX: rate and stretch together
    double trim_silently = 0.10;     // an overrun of this share of the slot is trimmed
    double trim_with_notice = 0.20;  // up to this it is trimmed and said so
    OverrunPolicy beyond = OverrunPolicy::kFail;
    int max_syntheses = 9;
};

/// How the error begins when speech does not fit.
inline constexpr std::string_view kDurationMismatch = "DURATION_MISMATCH_EXCEEDED";

struct FittedSpeech {
    MonoSignal speech;            // never longer than the slot
    double speed_ratio = 1.0;     // times faster than natural; within 0.01 of natural it is 1
    double overrun = 0.0;         // share of the slot that had to be trimmed
    bool is_partial = false;      // trimmed so much that somebody may miss it
    bool exceeds_limits = false;  // trimmed although it is more than the limits allow
};

/// Speaks `text` so that it lasts at most `slot`, never slower than natural unless the limits say
/// so.
///
/// @param text What to say; the request's speed is chosen here.
///
/// Errors: those of the synthesizer; kExhausted, beginning with kDurationMismatch, when even the
/// limits leave too much and the policy is to fail; kCancelled.
[[nodiscard]] Result<FittedSpeech> speak_within(Synthesizer& synthesizer, SynthesisRequest text,
                                                StreamDuration slot, const FitLimits& limits,
                                                const std::stop_token& stop);

}  // namespace livedub::speech
