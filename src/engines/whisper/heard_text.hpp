// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// From the recogniser's tokens to words that somebody really said. Whisper always finds something
// to write: in noise it credits subtitlers, thanks for watching, or says one thing over and over.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dubbing/dubber.hpp"
#include "engines/whisper/messages.hpp"

namespace livedub::whisper {

/// Those that Whisper's own program has.
struct DecodingLimits {
    double no_speech = 0.6;          // above, and unsure of the text: nobody spoke
    double log_probability = -1.0;   // mean over the tokens; below, the text is not believed
    double compression_ratio = 2.4;  // above, the text says the same again and again
};

enum class Verdict {
    kBelieved = 1,
    kSilence = 2,   // nobody spoke
    kDoubtful = 3,  // another temperature may do better
};

[[nodiscard]] Verdict judge(const HeardSegment& segment, const DecodingLimits& limits);

/// The mean over the tokens; 0 without any.
[[nodiscard]] double mean_log_probability(const HeardSegment& segment);

/// How many times smaller zlib makes `text`.
[[nodiscard]] double compression_ratio(std::string_view text);

/// The tokens of `segment` as words, on the timeline that begins at `start` and within `length`:
/// pieces joined, characters that lie in two tokens made whole, notes like [Music] left out. What
/// is written without spaces is one word up to its next stop.
[[nodiscard]] std::vector<Phrase> to_words(const HeardSegment& segment, StreamTime start,
                                           StreamDuration length);

/// `words` with what is said over and over, said once.
[[nodiscard]] std::vector<Phrase> without_repetitions(std::vector<Phrase> words);

/// Whether `text` is one of the sentences that Whisper is known to hear where there are none.
///
/// @param is_sure The recogniser was; short courtesies are then taken for real.
[[nodiscard]] bool is_phantom(std::string_view text, bool is_sure);

/// `text` in lower case (where that is ASCII) and without stops, for comparison.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace livedub::whisper
