// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What this build has, engine by engine, for whoever looks before air; and one engine at a time, as
// the pipeline makes them.

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/catalogue/careful_translator.hpp"
#include "engines/catalogue/voice_profiles.hpp"
#include "engines/vits/voice_folder.hpp"
#include "engines/whisper/whisper_model.hpp"
#include "speech/synthesizer.hpp"
#include "speech/transcriber.hpp"
#include "speech/translator.hpp"

namespace livedub::engines {

enum class EngineStage {
    kRecognise = 1,
    kTranslate = 2,
    kSpeak = 3,
};

struct KnownEngine {
    std::string name;  // as the settings call it
    EngineStage stage = EngineStage::kRecognise;
    bool is_in_build = false;
    bool is_service = false;    // asked over HTTP
    std::string version;        // of the library that was built with; empty when not known
    std::string package;        // Debian's, that it needs to run, or to be built with; may be none
    std::string what_it_needs;  // one line, when it is not in this build
};

/// All that can be chosen or could be, in the order of the stages.
[[nodiscard]] std::vector<KnownEngine> known_engines();

/// The names of those of a stage that were compiled in.
[[nodiscard]] std::vector<std::string> engines_of_this_build(EngineStage stage);

/// What would bring those of `names` that are known and not in this build, as the end of a
/// sentence: "; opus: needs ..."; empty: there are none.
[[nodiscard]] std::string what_is_missing(EngineStage stage, const std::vector<std::string>& names);

/// The engines that a setting chooses, first choice first: "auto" stands for one, and a list of
/// translators or synthesizers is tried in its order.
[[nodiscard]] std::vector<std::string> chosen_engines(EngineStage stage,
                                                      const std::string& setting);

struct SpeechServices;

/// What TTS_PROVIDER stands for: "auto" for local voices before espeak where there is one for
/// `language`, else for espeak; anything else for itself.
///
/// @param language Empty: any.
[[nodiscard]] std::string chosen_synthesizers(const std::string& setting,
                                              const SpeechServices& services,
                                              std::string_view language = {});

/// Where the translation services are, and what they know us by; and where models are.
struct TranslationAccess {
    std::string deepl_url;  // empty: DeepL's own
    std::string deepl_key;
    std::string libretranslate_url;
    std::string libretranslate_key;  // empty: none is asked for
    std::string openai_url;
    std::string openai_key;  // empty: none is asked for
    std::string openai_model;
    std::vector<std::filesystem::path> model_directories{};  // first choice first
};

/// Where the services that listen and speak are, and what they are asked for.
struct SpeechServices {
    std::string openai_url;
    std::string openai_key;  // empty: none is asked for
    std::string openai_asr_model;
    std::string openai_tts_model;
    std::string openai_tts_voice;  // for profiles without a voice_id; may be empty

    std::string elevenlabs_url;  // empty: ElevenLabs' own
    std::string elevenlabs_key;
    std::string elevenlabs_model;
    std::string elevenlabs_voice;  // for profiles without a voice_id; may be empty

    std::string coqui_url;  // empty: local voices
    vits::VoicePlaces local_voices;
};

// By name, as in SpeechConfig. Errors: as make_speech_pipeline().

/// @param model What recognisers that are not packaged with theirs need.
/// @param time What a service may take for a stretch of speech.
[[nodiscard]] Result<std::unique_ptr<speech::TranscriptionModel>> make_recogniser(
    const std::string& name, const whisper::WhisperOptions& model, const SpeechServices& services,
    std::chrono::milliseconds time);
/// Null for "none".
/// @param time What all of them together may take for a sentence.
/// @param care Of each of them; `needs_phrases` is set for those that do.
[[nodiscard]] Result<std::unique_ptr<speech::Translator>> make_translator(
    const std::string& names, const TranslationAccess& access, std::chrono::milliseconds time,
    const Care& care = {});
/// @param voices Shared by all of them.
/// @param time What all of them together may take for a text.
/// @param on_failover As make_synthesizer_chain().
[[nodiscard]] Result<std::unique_ptr<speech::Synthesizer>> make_synthesizer(
    const std::string& names, const SpeechServices& services,
    std::shared_ptr<const VoiceProfiles> voices, std::chrono::milliseconds time,
    std::function<void()> on_failover = {});

}  // namespace livedub::engines
