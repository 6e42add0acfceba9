// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/voice_activity.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <utility>

namespace livedub::speech {
namespace {

using std::chrono::milliseconds;

// Measured: voices in 10 dB of pink noise have 0.3 of their frames above these, noise, crowds and
// 12 voices at once under 0.01, one bar of a melody nearly all (so the pitch decides there).
constexpr float kVoiced = 0.55F;
constexpr float kAboveBackground = 8.0F;
constexpr float kQuietestVoice = -55.0F;

constexpr std::size_t kBackgroundFrames = 600;  // 12 s
constexpr std::size_t kBackgroundShare = 10;    // percent: the pauses between words
constexpr float kHeldPitch = 0.004F;            // from frame to frame; voices glide more
constexpr float kPureTone = 0.01F;
constexpr std::size_t kVoicedInSpan = 8;       // 160 ms: one syllable; clicks and knocks have fewer
constexpr std::size_t kVoicedInFragment = 12;  // 240 ms
constexpr milliseconds kJoin{500};             // shorter pauses are part of the sentence
constexpr milliseconds kBefore{200};           // consonants before the first voiced frame
constexpr milliseconds kAfter{300};

/// Consecutive frames [begin, end) with no pause of kJoin in them.
struct Run {
    std::size_t begin;
    std::size_t end;
};

bool is_voice(const VoiceFrame& frame, float background_db) {
    return frame.voicing > kVoiced && frame.level_db > background_db + kAboveBackground &&
           frame.level_db > kQuietestVoice;
}

std::vector<Run> join(const std::vector<bool>& voiced) {
    constexpr auto kGap = static_cast<std::size_t>(kJoin / kVoiceFrameStep);
    std::vector<Run> runs;
    for (std::size_t i = 0; i < voiced.size(); ++i) {
        if (!voiced[i]) {
            continue;
        }
        if (runs.empty() || i - runs.back().end >= kGap) {
            runs.push_back({.begin = i, .end = i + 1});
        } else {
            runs.back().end = i + 1;
        }
    }
    return runs;
}

/// The number of voiced frames in `run`, 0 if they are notes or whistles.
std::size_t count_spoken(const Run& run, const std::vector<VoiceFrame>& frames,
                         const std::vector<bool>& voiced) {
    std::size_t count = 0;
    std::size_t tones = 0;
    std::size_t pairs = 0;
    std::size_t held = 0;
    for (std::size_t i = run.begin; i < run.end; ++i) {
        if (!voiced[i]) {
            continue;
        }
        ++count;
        tones += frames[i].tone_residual < kPureTone ? 1U : 0U;
        if (i > run.begin && voiced[i - 1]) {
            ++pairs;
            const float change = frames[i].pitch_hz / frames[i - 1].pitch_hz - 1.0F;
            held += std::abs(change) < kHeldPitch ? 1U : 0U;
        }
    }
    const bool is_musical = held * 2 > pairs || tones * 2 > count;
    return is_musical || count < kVoicedInSpan ? 0 : count;
}

}  // namespace

float VoiceActivityDetector::background_db(const std::vector<VoiceFrame>& frames) {
    for (const auto& frame : frames) {
        recent_levels_.push_back(frame.level_db);
    }
    while (recent_levels_.size() > kBackgroundFrames) {
        recent_levels_.pop_front();
    }
    if (recent_levels_.empty()) {
        return 0.0F;
    }
    std::vector<float> levels{recent_levels_.begin(), recent_levels_.end()};
    const auto at =
        levels.begin() + static_cast<std::ptrdiff_t>(levels.size() * kBackgroundShare / 100);
    std::nth_element(levels.begin(), at, levels.end());
    return *at;
}

Result<std::vector<SpeechSpan>> VoiceActivityDetector::find_speech(const PcmChunk& audio) {
    const auto analysed = voice_frames(mix_down(audio));
    if (!analysed) {
        return tl::unexpected{analysed.error()};
    }
    const auto& frames = *analysed;
    const float background = background_db(frames);
    std::vector<bool> voiced(frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        voiced[i] = is_voice(frames[i], background);
    }
    std::vector<SpeechSpan> spans;
    std::size_t spoken = 0;
    for (const auto& run : join(voiced)) {
        const auto count = count_spoken(run, frames, voiced);
        if (count == 0) {
            continue;
        }
        spoken += count;
        const StreamDuration begin = kVoiceFrameStep * static_cast<std::int64_t>(run.begin);
        const StreamDuration end = kVoiceFrameStep * static_cast<std::int64_t>(run.end + 1);
        // What the air around two runs would make overlap was at least kJoin apart: no merging.
        spans.push_back({.begin = std::max<StreamDuration>(begin - kBefore, {}),
                         .end = std::min<StreamDuration>(end + kAfter, audio.duration())});
        if (spans.size() > 1) {
            auto& before = spans[spans.size() - 2];
            before.end = std::min(before.end, spans.back().begin);
        }
    }
    return spoken >= kVoicedInFragment ? spans : std::vector<SpeechSpan>{};
}

}  // namespace livedub::speech
