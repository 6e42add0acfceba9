// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/speech_settings.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engines/catalogue/engine_factories.hpp"

namespace livedub {
namespace {

using config::Settings;
using engines::EngineStage;

constexpr const char* kSynthesizer = "TTS_PROVIDER";
constexpr const char* kVoicePath = "TTS_MODEL_PATH";
constexpr const char* kVoices = "VOICE_PROFILES_PATH";
constexpr const char* kOpenAi = "openai-compatible";

bool is_chosen(EngineStage stage, const std::string& setting, std::string_view name) {
    const auto names = engines::chosen_engines(stage, setting);
    return std::ranges::find(names, name) != names.end();
}

void require(SettingsReader& reader, const Settings& settings, const std::string& name,
             std::string_view allowed) {
    if (settings.text(name).empty()) {
        reader.refuse(name, allowed);
    }
}

void read_recogniser(SettingsReader& reader, const Settings& settings,
                     engines::SpeechConfig& speech) {
    speech.services.openai_asr_model = settings.text("OPENAI_ASR_MODEL");
    if (is_chosen(EngineStage::kRecognise, speech.recogniser, kOpenAi)) {
        if (!is_web_url(speech.services.openai_url)) {
            reader.refuse("OPENAI_BASE_URL",
                          "a URL like http://localhost:8080/v1; openai-compatible needs it");
        }
        require(reader, settings, "OPENAI_ASR_MODEL",
                "the name of a model; recognition by openai-compatible needs it");
    }
}

void read_openai_speech(SettingsReader& reader, const Settings& settings,
                        const engines::SpeechConfig& speech) {
    if (!is_web_url(speech.services.openai_url)) {
        reader.refuse("OPENAI_BASE_URL",
                      "a URL like http://localhost:8080/v1; openai-compatible needs it");
    }
    require(reader, settings, "OPENAI_TTS_MODEL",
            "the name of a model; speech by openai-compatible needs it");
}

/// A list of those there are, each once; or auto, alone.
void check_synthesizers(SettingsReader& reader, const std::string& setting) {
    if (setting == "auto") {
        return;
    }
    const auto names = engines::chosen_engines(EngineStage::kSpeak, setting);
    const auto built = engines::engines_of_this_build(EngineStage::kSpeak);
    const std::set<std::string> different{names.begin(), names.end()};
    const bool are_known = std::ranges::all_of(names, [&](const std::string& name) {
        return std::ranges::find(built, name) != built.end();
    });
    if (different.contains("mock")) {
        reader.refuse(kSynthesizer, "a real engine; for a service without any, use --mode echo");
    } else if (!are_known || different.size() != names.size()) {
        reader.refuse(kSynthesizer,
                      fmt::format("auto; or {}, or several with commas between them (what this "
                                  "build has{})",
                                  fmt::join(built, ", "),
                                  engines::what_is_missing(EngineStage::kSpeak, names)));
    }
}

void check_voice_path(SettingsReader& reader, const std::filesystem::path& path) {
    std::error_code error;
    if (!path.empty() && !std::filesystem::is_regular_file(path, error) &&
        !std::filesystem::is_directory(path, error)) {
        reader.refuse(kVoicePath, "a model's file that is there, or a folder of models");
    }
}

void read_synthesizers(SettingsReader& reader, const Settings& settings,
                       engines::SpeechConfig& speech) {
    speech.synthesizer = settings.text(kSynthesizer);
    check_synthesizers(reader, speech.synthesizer);
    auto& services = speech.services;
    services.openai_tts_model = settings.text("OPENAI_TTS_MODEL");
    services.openai_tts_voice = settings.text("OPENAI_TTS_VOICE");
    services.elevenlabs_url = settings.text("ELEVENLABS_API_URL");
    services.elevenlabs_key = settings.text("ELEVENLABS_API_KEY");
    services.elevenlabs_model = settings.text("ELEVENLABS_MODEL_ID");
    services.elevenlabs_voice = settings.text("ELEVENLABS_VOICE_ID");
    services.coqui_url = settings.text("COQUI_URL");
    if (is_chosen(EngineStage::kSpeak, speech.synthesizer, kOpenAi)) {
        read_openai_speech(reader, settings, speech);
    }
    if (!services.elevenlabs_url.empty() && !is_web_url(services.elevenlabs_url)) {
        reader.refuse("ELEVENLABS_API_URL", "a URL like https://api.elevenlabs.io");
    }
    if (is_chosen(EngineStage::kSpeak, speech.synthesizer, "elevenlabs")) {
        require(reader, settings, "ELEVENLABS_API_KEY",
                "the key of an ElevenLabs account; elevenlabs needs it");
    }
    services.local_voices = {.chosen = settings.text(kVoicePath),
                             .folders = speech.recognition.model.folders};
    check_voice_path(reader, services.local_voices.chosen);
    if (!services.coqui_url.empty() && !is_web_url(services.coqui_url)) {
        reader.refuse("COQUI_URL", "a URL like http://localhost:5002");
    } else if (services.coqui_url.empty() && engines::local_voices_version().empty() &&
               is_chosen(EngineStage::kSpeak, speech.synthesizer, "coqui")) {
        reader.refuse("COQUI_URL",
                      "a URL like http://localhost:5002; the provider coqui needs it, as " +
                          engines::local_voices_line(services.local_voices));
    }
}

void read_voices(SettingsReader& reader, const Settings& settings, engines::SpeechConfig& speech) {
    auto loaded = engines::VoiceProfiles::load(settings.text(kVoices));
    if (loaded) {
        speech.voices = std::move(*loaded);
    } else {
        reader.refuse(kVoices, "a file of voice profiles; " + loaded.error().message());
    }
}

}  // namespace

std::vector<config::SettingSpec> speech_settings() {
    return {
        {.name = "OPENAI_ASR_MODEL",
         .default_value = "",
         .help = "The model that recognition by openai-compatible needs"},
        {.name = kSynthesizer,
         .default_value = "auto",
         .help = "Synthesizers, first choice first; or auto"},
        {.name = "OPENAI_TTS_MODEL",
         .default_value = "",
         .help = "The model that speech by openai-compatible needs"},
        {.name = "OPENAI_TTS_VOICE",
         .default_value = "",
         .help = "Its voice, for profiles without a voice_id"},
        {.name = "ELEVENLABS_API_KEY",
         .default_value = "",
         .help = "The key that elevenlabs needs",
         .is_secret = true},
        {.name = "ELEVENLABS_MODEL_ID",
         .default_value = "eleven_flash_v2_5",
         .help = "The model of elevenlabs"},
        {.name = "ELEVENLABS_VOICE_ID",
         .default_value = "",
         .help = "The voice of elevenlabs, for profiles without a voice_id"},
        {.name = "ELEVENLABS_API_URL", .default_value = "", .help = "Instead of ElevenLabs' own"},
        {.name = "COQUI_URL",
         .default_value = "",
         .help = "The server of coqui; unset: local voices"},
        {.name = kVoicePath,
         .default_value = "",
         .help = "A local voice or a folder of them, instead of those in MODEL_CACHE_DIR"},
        {.name = kVoices,
         .default_value = "/config/voices.json",
         .help = "Voice profiles beside the shipped ones; need not be there",
         .aliases = {"TTS_VOICES_CONFIG"}},
    };
}

void read_speech_settings(SettingsReader& reader, const Settings& settings,
                          engines::SpeechConfig& speech) {
    speech.services.openai_url = settings.text("OPENAI_BASE_URL");
    speech.services.openai_key = settings.text("OPENAI_API_KEY");
    read_recogniser(reader, settings, speech);
    read_synthesizers(reader, settings, speech);
    read_voices(reader, settings, speech);
}

}  // namespace livedub
