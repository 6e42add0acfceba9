// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What tells a voice from a crowd, frame by frame: how loud, how periodic, at which pitch, how much
// like a pure tone. The judgement over frames is in voice_activity.

#pragma once

#include <chrono>
#include <vector>

#include "base/result.hpp"
#include "speech/samples.hpp"

namespace livedub::speech {

/// One look at 40 ms of sound.
struct VoiceFrame {
    float level_db = -100.0F;  // dBFS, after a high-pass at about 100 Hz
    float voicing = 0.0F;      // 0 noise .. 1 strictly periodic with a pitch of 70 to 400 Hz
    float pitch_hz = 0.0F;
    float tone_residual = 1.0F;  // what a second-order predictor leaves: 0 for a pure tone
};

/// From the begin of one frame to the begin of the next.
inline constexpr std::chrono::milliseconds kVoiceFrameStep{20};

/// Errors: kInternal when resampling fails.
[[nodiscard]] Result<std::vector<VoiceFrame>> voice_frames(MonoSignal signal);

}  // namespace livedub::speech
