// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// How much text there is time to speak: what a translator is told that can be brief when it has to.

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "dubbing/dubber.hpp"
#include "media/stream_time.hpp"

namespace livedub::speech {

/// Letters that are spoken in `time`, in no hurry.
[[nodiscard]] std::size_t letters_in(StreamDuration time, std::string_view language);

/// Shares `letters` out among `sentences` by their lengths. None gets so few that it could not say
/// a thing.
[[nodiscard]] std::vector<std::size_t> share_letters(std::size_t letters,
                                                     const std::vector<Phrase>& sentences);

}  // namespace livedub::speech
