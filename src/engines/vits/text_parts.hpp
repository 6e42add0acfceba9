// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A text in the parts in which it is spoken: sentences, and in them clauses, since the phonemes of
// a clause come without the sign at its end and voices read that sign.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace livedub::vits {

struct Clause {
    std::string words;
    char sign = '\0';  // one of . ! ? , ; : at its end; 0: none

    friend bool operator==(const Clause&, const Clause&) = default;
};

using Sentence = std::vector<Clause>;

/// Signs count where a space or the end follows, so "3.5" stays whole, and a stop not where it is
/// its word's ("Sr. García"). What has no sign for long is
/// cut between words, so that a sentence is at most some ten seconds of speech. Nothing without a
/// letter or digit is in it.
[[nodiscard]] std::vector<Sentence> sentences_of(std::string_view text);

}  // namespace livedub::vits
