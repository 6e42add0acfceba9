// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which of the decoder's words were really said. A decoder forced to explain noise with words makes
// them very long, few, and doubtful; speech gives short words that it is mostly sure of. The limits
// lie between what clean speech and what noise, crowds and overlapping voices gave when measured.

#pragma once

#include <span>
#include <vector>

#include "dubbing/dubber.hpp"
#include "engines/pocketsphinx/decoder.hpp"

namespace livedub::pocketsphinx {

struct HearingLimits {
    /// A word lasts at most this and a share per letter, and never more than the maximum.
    double word_seconds = 0.35;
    double letter_seconds = 0.11;
    double max_word_seconds = 1.3;

    /// Of the words between two pauses: how many may be too long, and how sure the decoder must be
    /// on average. Few words need to be surer, for want of others that confirm them.
    double max_overlong_share = 0.18;
    double min_posterior = 0.34;
    int few_words = 2;
    double min_posterior_of_few = 0.6;

    /// Silence or noise of this length separates words that are judged together.
    double pause_seconds = 0.25;
};

/// Words in time order on the timeline that begins at `start`, without fillers and pronunciation
/// marks. Empty when nothing was said.
[[nodiscard]] std::vector<Phrase> heard_words(std::span<const RawWord> raw, StreamTime start,
                                              const HearingLimits& limits = {});

}  // namespace livedub::pocketsphinx
