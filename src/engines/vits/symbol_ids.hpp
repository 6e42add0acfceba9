// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Phonemes or letters as the numbers that a model reads.

#pragma once

#include <cstddef>
#include <string_view>

#include "engines/vits/voice_config.hpp"

namespace livedub::vits {

struct Symbols {
    Ids ids;                // with all that the model wants around them
    std::size_t known = 0;  // how many of the text's symbols are in them
};

/// What the voice does not know is left out: marks of espeak-ng for a change of language, "(en)",
/// among them.
[[nodiscard]] Symbols symbol_ids(std::string_view text, const VoiceConfig& voice);

}  // namespace livedub::vits
