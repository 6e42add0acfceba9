// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Words into sentences, each with its time on the timeline: what is translated, and what captions
// show.

#pragma once

#include <string>
#include <vector>

#include "dubbing/dubber.hpp"

namespace livedub::speech {

/// Groups recognised words into sentences at pauses, in the case and with the stops that a
/// translator expects.
[[nodiscard]] std::vector<Phrase> to_sentences(const std::vector<Phrase>& words);

/// The texts, one space between them.
[[nodiscard]] std::string join_texts(const std::vector<Phrase>& phrases);

}  // namespace livedub::speech
