// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Synthesis with VITS voices: what a language's voice is, what a profile wants of it, and a text
// spoken sentence by sentence.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/vits/voice_folder.hpp"
#include "engines/vits/wave_model.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::vits {

/// What a voice profile wants; what is empty is not said.
struct VoiceWish {
    std::string model;    // a voice's name, or its file's
    std::string speaker;  // a name or a number, of a voice with several
    double speed = 1.0;   // times the natural one
};

/// What the profile of SynthesisRequest wants when `language` is spoken. Any thread.
///
/// Errors: kInvalidArgument when there is no such profile.
using WishLookup =
    std::function<Result<VoiceWish>(std::string_view profile, std::string_view language)>;

struct VitsParts {
    LoadWaveModel load;
    Phonemise phonemise;
    WishLookup look_up;
    std::chrono::milliseconds timeout{10'000};  // for one call of synthesise: kTimeout after
};

/// A language is spoken by the voice that the profile names, else by the first one of its region,
/// else by the first of the language; a voice of another language never. prepare() loads the voice,
/// which takes about a second and keeps its weights for all streams, and has the speaker say a word
/// the first time that it is asked for: at most 30 s. synthesise() never does: of a
/// voice that could not be loaded it gives the same error until a prepare() can.
///
/// Errors of prepare(): kInvalidArgument (no voice for the language, no such profile or speaker),
/// kUnavailable (a file that is missing or no good, with its path; a speaker that makes no sound),
/// kTimeout (no word in 30 s), kExhausted (memory).
[[nodiscard]] std::unique_ptr<speech::Synthesizer> make_vits_synthesizer(
    const std::vector<VoiceFiles>& voices, VitsParts parts);

/// Whether one of them speaks `language`, of whatever region.
[[nodiscard]] bool has_voice_for(const std::vector<VoiceFiles>& voices, std::string_view language);

/// Name and language of each, "es_ES-davefx-medium (es-es), ..."; of one whose configuration is no
/// good what is wrong with it.
[[nodiscard]] std::string list_of(const std::vector<VoiceFiles>& voices);

}  // namespace livedub::vits
