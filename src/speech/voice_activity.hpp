// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The gate in front of recognition: where in a fragment somebody speaks. A recogniser that is given
// a crowd, music or noise answers with words; so it is not given them. A voice is periodic, stands
// out of the background, and its pitch glides; noise is not periodic, a crowd of many voices
// neither, and notes hold their pitch.

#pragma once

#include <deque>
#include <vector>

#include "base/result.hpp"
#include "media/pcm_chunk.hpp"
#include "speech/voice_features.hpp"

namespace livedub::speech {

/// Where somebody speaks, from the start of the audio that was looked at.
struct SpeechSpan {
    StreamDuration begin;
    StreamDuration end;

    friend bool operator==(const SpeechSpan&, const SpeechSpan&) = default;
};

/// Looks at one stream, fragment by fragment, and remembers its background for 12 s. One thread at
/// a time.
class VoiceActivityDetector {
  public:
    /// Spans in time order, apart by at least half a second, with a little air around the words;
    /// empty when nobody speaks.
    ///
    /// Errors: kInternal when resampling fails.
    [[nodiscard]] Result<std::vector<SpeechSpan>> find_speech(const PcmChunk& audio);

  private:
    [[nodiscard]] float background_db(const std::vector<VoiceFrame>& frames);

    std::deque<float> recent_levels_;
};

}  // namespace livedub::speech
