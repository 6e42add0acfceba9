// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The engines by name: what the settings say becomes a speech pipeline. An engine that was not
// compiled in, or whose model is missing, is an error that names the package; never another engine
// instead.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "dubbing/dubber.hpp"
#include "engines/catalogue/inventory.hpp"
#include "speech/pipeline.hpp"

namespace livedub::engines {

struct SpeechConfig {
    std::string recogniser =
        "auto";  // ASR_PROVIDER: auto, pocketsphinx, whisper, openai-compatible
    whisper::WhisperOptions recognition{};
    std::string translator = "apertium";  // TRANSLATION_PROVIDER: names, first choice first
    TranslationAccess access{};
    std::shared_ptr<const vocabulary::Glossary> glossary{};  // GLOSSARY_PATH; null: none. Shared
                                                             // by whoever has this configuration
    TranslationEvents translation_events{};
    bool drops_speaker_labels = false;  // TRANSLATION_REMOVE_SPEAKER_LABELS
    SpeechServices services{};
    std::string synthesizer = "auto";  // TTS_PROVIDER: auto; or names, first choice first
    VoiceProfiles voices{};
    std::function<void()> on_synthesis_failover{};  // the next of a chain had to be asked
    std::size_t workers = 0;  // threads for engines, at most one per core; 0: that many
    speech::StageLimits stage_limits{};
    speech::FitLimits fit_limits{};
    std::function<void(const speech::LoadChange&)> on_load{};  // as PipelineConfig::on_load
};

/// Loads the engines. Takes up to a second, with large models more.
///
/// Errors: kInvalidArgument (a name that is none, an engine not compiled in), kUnavailable (a model
/// or its package is missing).
[[nodiscard]] Result<std::unique_ptr<Dubber>> make_speech_pipeline(const SpeechConfig& config);

}  // namespace livedub::engines
