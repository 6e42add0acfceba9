// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One function per engine. For each there are two definitions, with_x.cpp and without_x.cpp; the
// build takes the one that fits what is installed.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/opus/opus_translator.hpp"
#include "engines/whisper/whisper_model.hpp"
#include "speech/synthesizer.hpp"
#include "speech/transcriber.hpp"
#include "speech/translator.hpp"

namespace livedub::engines {

/// Errors: kInvalidArgument when not compiled in; those of the engine.
[[nodiscard]] Result<std::unique_ptr<speech::TranscriptionModel>> make_pocketsphinx();
[[nodiscard]] Result<std::unique_ptr<speech::Synthesizer>> make_espeak();

/// Loads the model that `options` name, and measures it.
[[nodiscard]] Result<std::unique_ptr<whisper::WhisperModel>> make_whisper(
    const whisper::WhisperOptions& options);

/// Loads all pairs of languages that are there.
[[nodiscard]] Result<std::unique_ptr<speech::Translator>> make_opus(
    const opus::OpusOptions& options);

/// What espeak has voices for; empty when not compiled in, or without its data.
[[nodiscard]] std::vector<std::string> espeak_languages();

/// The voice profiles it has a timbre for; "default" is the first. Empty when not compiled in.
[[nodiscard]] std::vector<std::string> espeak_profiles();

}  // namespace livedub::engines
