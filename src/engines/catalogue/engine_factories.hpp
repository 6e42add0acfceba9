// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One function per engine. For each there are two definitions, with_x.cpp and without_x.cpp; the
// build takes the one that fits what is installed.

#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/opus/opus_translator.hpp"
#include "engines/vits/vits_synthesizer.hpp"
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

/// Speaks with the voices that `places` have.
///
/// @param timeout For one call of synthesise.
///
/// Errors: kInvalidArgument when not compiled in; kUnavailable, saying where, when there is none.
[[nodiscard]] Result<std::unique_ptr<speech::Synthesizer>> make_vits(
    const vits::VoicePlaces& places, vits::WishLookup look_up, std::chrono::milliseconds timeout);

/// Whether one of them speaks `language` (empty: any). False when not compiled in.
[[nodiscard]] bool has_local_voice(const vits::VoicePlaces& places, std::string_view language);

/// The library's name and version; empty when not compiled in.
[[nodiscard]] std::string local_voices_version();

/// One line for whoever looks before air: the voices, or what they need.
[[nodiscard]] std::string local_voices_line(const vits::VoicePlaces& places);

/// Loads all pairs of languages that are there.
[[nodiscard]] Result<std::unique_ptr<speech::Translator>> make_opus(
    const opus::OpusOptions& options);

/// For livedub-onnx: loads the file of a local voice, or the folder of a pair of languages, and
/// lets it go. make_vits() and make_opus() have that program do so before they load one themselves.
///
/// Errors: kUnavailable, kExhausted; kInvalidArgument when not compiled in.
[[nodiscard]] Result<void> load_voice(const std::filesystem::path& file);
[[nodiscard]] Result<void> load_pair(const std::filesystem::path& folder);

/// What espeak has voices for; empty when not compiled in, or without its data.
[[nodiscard]] std::vector<std::string> espeak_languages();

/// The voice profiles it has a timbre for; "default" is the first. Empty when not compiled in.
[[nodiscard]] std::vector<std::string> espeak_profiles();

}  // namespace livedub::engines
