// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who speaks, as some recognisers and subtitlers write it before what is said.

#pragma once

#include <string_view>

namespace livedub::vocabulary {

/// `text` without the label it begins with: "ANNA: ", "Speaker 2: ", "[SPEAKER_01] ", ">> ", or one
/// after the other. A label is one to three words, each with a capital or a number, before a colon,
/// or anything short in brackets before other words. A text that is nothing but a label stays.
[[nodiscard]] std::string_view without_speaker_label(std::string_view text);

}  // namespace livedub::vocabulary
