// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "provider_settings.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "setting_values.hpp"

namespace livedub {
namespace {

using config::Settings;
using std::chrono::milliseconds;

/// A provider by name, and what this build needs to have it.
struct Provider {
    std::string_view name;
    std::string_view missing{};  // empty: it is here
    std::string_view secret{};   // a setting without which it could not run anyway
};

constexpr std::array kAsr = std::to_array<Provider>({
    {"auto"},
    {"pocketsphinx"},
    {"whisper", "it needs whisper.cpp when building"},
    {"openai-compatible", "this build has no client for recognition servers", "OPENAI_BASE_URL"},
});
constexpr std::array kTranslation = std::to_array<Provider>({
    {"apertium"},
    {"none"},
    {"opus", "it needs ONNX Runtime when building"},
    {"deepl", "this build has no client for translation servers", "DEEPL_AUTH_KEY"},
    {"libretranslate", "this build has no client for translation servers", "LIBRETRANSLATE_URL"},
    {"openai-compatible", "this build has no client for translation servers", "OPENAI_BASE_URL"},
});
constexpr std::array kTts = std::to_array<Provider>({
    {"auto"},
    {"espeak"},
    {"coqui", "it needs ONNX Runtime when building"},
    {"elevenlabs", "this build has no client for speech servers", "ELEVENLABS_API_KEY"},
    {"openai-compatible", "this build has no client for speech servers", "OPENAI_BASE_URL"},
});

constexpr std::array<std::string_view, 8> kModelSizes{"tiny",     "base",     "small",    "medium",
                                                      "large-v1", "large-v2", "large-v3", "turbo"};
constexpr std::array<std::string_view, 3> kDevices{"cpu", "cuda", "auto"};
constexpr std::array<std::string_view, 2> kOverrunPolicies{"fail", "trim"};

std::string names_of(std::span<const Provider> providers) {
    std::string names;
    for (const auto& provider : providers) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", provider.name);
    }
    return names;
}

void take_provider(SettingsReader& reader, const Settings& settings, const std::string& name,
                   std::span<const Provider> providers, std::string& into) {
    const auto chain = split_list(settings.text(name));
    for (const auto& wanted : chain) {
        const auto provider = std::ranges::find(providers, wanted, &Provider::name);
        if (wanted == "mock") {
            reader.refuse(name, "a real engine; to pretend, run --mode echo (STS_MODE=echo)");
        } else if (provider == providers.end()) {
            reader.refuse(name, names_of(providers));
        } else if (!provider->missing.empty()) {
            const bool lacks_secret =
                !provider->secret.empty() && settings.text(std::string{provider->secret}).empty();
            reader.refuse(name, fmt::format("an engine of this build; \"{}\" is none: {}{}", wanted,
                                            provider->missing,
                                            lacks_secret ? fmt::format(", and {} is not set",
                                                                       provider->secret)
                                                         : std::string{}));
        }
    }
    if (chain.size() != 1) {
        reader.refuse(name, "one provider: this build has no fallback chains");
    }
    into = settings.text(name);
}

void read_devices(SettingsReader& reader, const Settings& settings) {
    for (const auto* name : {"DEVICE", "ASR_DEVICE", "TTS_DEVICE"}) {
        if (settings.text(name).empty()) {
            continue;
        }
        std::string device;
        reader.take(device, settings.choice(name, kDevices));
        if (device == "cuda") {
            reader.refuse(name, "cpu or auto: no engine of this build uses a GPU");
        }
    }
}

void read_model_size(SettingsReader& reader, const Settings& settings,
                     std::vector<std::string>& notes) {
    std::string_view size = settings.text("ASR_MODEL_SIZE");
    const auto shown = size;
    if (size.starts_with("whisper-")) {
        size.remove_prefix(std::string_view{"whisper-"}.size());
    }
    if (size.ends_with(".en")) {
        size.remove_suffix(std::string_view{".en"}.size());
    }
    if (std::ranges::find(kModelSizes, size) == kModelSizes.end()) {
        reader.refuse("ASR_MODEL_SIZE",
                      "tiny, base, small, medium, large-v1, large-v2, large-v3 or turbo");
    } else if (size != "base") {
        notes.push_back(
            fmt::format("ASR_MODEL_SIZE={} is for whisper, which is not in this build", shown));
    }
}

void read_fitting(SettingsReader& reader, const Settings& settings, speech::FitLimits& limits) {
    take_fraction(reader, settings, "DURATION_VARIANCE_SUCCESS_MAX", 0.0, 1.0,
                  limits.trim_silently);
    take_fraction(reader, settings, "DURATION_VARIANCE_PARTIAL_MAX", 0.0, 1.0,
                  limits.trim_with_notice);
    if (limits.trim_with_notice < limits.trim_silently) {
        reader.refuse("DURATION_VARIANCE_PARTIAL_MAX", "at least DURATION_VARIANCE_SUCCESS_MAX");
    }
    take_fraction(reader, settings, "TTS_SPEED_MIN", 0.5, 2.0, limits.min_speed);
    take_fraction(reader, settings, "TTS_SPEED_MAX", 0.5, 2.0, limits.max_speed);
    if (limits.max_speed < limits.min_speed || limits.max_speed < 1.0) {
        reader.refuse("TTS_SPEED_MAX", "at least 1 and at least TTS_SPEED_MIN");
    }
    std::string policy;
    reader.take(policy, settings.choice("DURATION_OVERRUN_POLICY", kOverrunPolicies));
    limits.beyond = policy == "trim" ? speech::OverrunPolicy::kTrim : speech::OverrunPolicy::kFail;
}

void read_stage_limits(SettingsReader& reader, const Settings& settings,
                       speech::StageLimits& limits) {
    const milliseconds one{1};
    const milliseconds least{100};
    const milliseconds most{120'000};
    reader.take(limits.recognise, settings.duration("ASR_TIMEOUT_MS", one, least, most));
    reader.take(limits.translate, settings.duration("TRANSLATION_TIMEOUT_MS", one, least, most));
    reader.take(limits.synthesise, settings.duration("TTS_TIMEOUT_MS", one, least, most));
}

void read_artifacts(SettingsReader& reader, const Settings& settings,
                    std::vector<std::string>& notes) {
    bool is_on = false;
    reader.take(is_on, settings.boolean("ENABLE_ARTIFACT_LOGGING"));
    std::size_t ignored = 0;
    take_count(reader, settings, "ARTIFACTS_RETENTION_HOURS", 0, 1'000'000, ignored);
    take_count(reader, settings, "ARTIFACTS_MAX_COUNT", 0, 1'000'000'000, ignored);
    if (is_on) {
        if (!is_writable_directory(settings.text("ARTIFACTS_PATH"))) {
            reader.refuse("ARTIFACTS_PATH", "a directory that can be written to");
        }
        notes.emplace_back("ENABLE_ARTIFACT_LOGGING: this build writes no artifacts");
    }
}

}  // namespace

std::vector<config::SettingSpec> provider_settings() {
    return {
        {.name = "ASR_PROVIDER", .default_value = "auto", .help = "Recogniser"},
        {.name = "ASR_MODEL_SIZE",
         .default_value = "base",
         .help = "Size of a whisper model",
         .aliases = {"ASR_MODEL", "STS_WHISPER_MODEL"}},
        {.name = "ASR_MODEL_PATH", .default_value = "", .help = "Model file of the recogniser"},
        {.name = "TTS_MODEL_PATH", .default_value = "", .help = "Model file of the synthesizer"},
        {.name = "MODEL_CACHE_DIR",
         .default_value = "/models",
         .help = "Where models lie",
         .aliases = {"STS_MODEL_CACHE_DIR"}},
        {.name = "DEVICE", .default_value = "cpu", .help = "cpu, cuda or auto"},
        {.name = "ASR_DEVICE", .default_value = "", .help = "As DEVICE, for the recogniser"},
        {.name = "TTS_DEVICE", .default_value = "", .help = "As DEVICE, for the synthesizer"},
        {.name = "STS_MAX_WORKERS",
         .default_value = "4",
         .help = "Speech threads, at most one a core"},
        {.name = "ASR_TIMEOUT_MS", .default_value = "5000", .help = "Most time for recognition"},
        {.name = "TRANSLATION_TIMEOUT_MS",
         .default_value = "5000",
         .help = "Most time for translation"},
        {.name = "TTS_TIMEOUT_MS", .default_value = "10000", .help = "Most time for synthesis"},
        {.name = "TRANSLATION_PROVIDER", .default_value = "apertium", .help = "Translator"},
        {.name = "DEEPL_AUTH_KEY", .default_value = "", .help = "Key of deepl"},
        {.name = "DEEPL_API_URL", .default_value = "", .help = "Address of deepl"},
        {.name = "LIBRETRANSLATE_URL", .default_value = "", .help = "Address of libretranslate"},
        {.name = "LIBRETRANSLATE_API_KEY", .default_value = "", .help = "Key of libretranslate"},
        {.name = "OPENAI_BASE_URL",
         .default_value = "",
         .help = "Address of an openai-compatible server"},
        {.name = "OPENAI_API_KEY", .default_value = "", .help = "Its key"},
        {.name = "OPENAI_ASR_MODEL", .default_value = "", .help = "Its recognition model"},
        {.name = "OPENAI_TRANSLATION_MODEL", .default_value = "", .help = "Its translation model"},
        {.name = "OPENAI_TTS_MODEL", .default_value = "", .help = "Its synthesis model"},
        {.name = "OPENAI_TTS_VOICE", .default_value = "", .help = "Its voice"},
        {.name = "GLOSSARY_PATH", .default_value = "", .help = "Terms and their translations"},
        {.name = "TTS_PROVIDER", .default_value = "auto", .help = "Synthesizer"},
        {.name = "COQUI_URL", .default_value = "", .help = "Address of a Coqui server"},
        {.name = "ELEVENLABS_API_KEY", .default_value = "", .help = "Key of elevenlabs"},
        {.name = "ELEVENLABS_MODEL_ID",
         .default_value = "eleven_flash_v2_5",
         .help = "Model of elevenlabs"},
        {.name = "VOICE_PROFILES_PATH",
         .default_value = "/config/voices.json",
         .help = "Voice profiles beside the shipped ones",
         .aliases = {"TTS_VOICES_CONFIG"}},
        {.name = "DURATION_VARIANCE_SUCCESS_MAX",
         .default_value = "0.10",
         .help = "Share of the slot that is trimmed silently"},
        {.name = "DURATION_VARIANCE_PARTIAL_MAX",
         .default_value = "0.20",
         .help = "Share of the slot that is trimmed with notice"},
        {.name = "DURATION_OVERRUN_POLICY",
         .default_value = "fail",
         .help = "Beyond that: fail or trim"},
        {.name = "TTS_SPEED_MIN",
         .default_value = "1.0",
         .help = "Slowest speech, 0.5 to 2, 1 is natural"},
        {.name = "TTS_SPEED_MAX", .default_value = "2.0", .help = "Fastest speech, up to 2"},
        {.name = "ENABLE_ARTIFACT_LOGGING",
         .default_value = "false",
         .help = "Keep sound and texts of every fragment"},
        {.name = "ARTIFACTS_PATH", .default_value = "/tmp/sts-artifacts", .help = "Where"},
        {.name = "ARTIFACTS_RETENTION_HOURS",
         .default_value = "24",
         .help = "How long",
         .aliases = {"ARTIFACT_RETENTION_HOURS"}},
        {.name = "ARTIFACTS_MAX_COUNT",
         .default_value = "1000",
         .help = "How many",
         .aliases = {"ARTIFACT_MAX_COUNT"}},
        {.name = "GPU_MONITORING_INTERVAL",
         .default_value = "5s",
         .help = "How often a GPU is looked at"},
    };
}

void read_provider_settings(SettingsReader& reader, const Settings& settings,
                            ServiceConfig& config) {
    take_provider(reader, settings, "ASR_PROVIDER", kAsr, config.speech.recogniser);
    take_provider(reader, settings, "TRANSLATION_PROVIDER", kTranslation, config.speech.translator);
    take_provider(reader, settings, "TTS_PROVIDER", kTts, config.speech.synthesizer);
    read_model_size(reader, settings, config.notes);
    read_devices(reader, settings);
    take_count(reader, settings, "STS_MAX_WORKERS", 1, 256, config.workers);
    config.speech.workers = config.workers;
    read_stage_limits(reader, settings, config.speech.stage_limits);
    read_fitting(reader, settings, config.speech.fit_limits);
    if (!settings.text("GLOSSARY_PATH").empty()) {
        reader.refuse("GLOSSARY_PATH", "nothing: this build has no glossary");
    }
    auto voices = engines::VoiceProfiles::load(settings.text("VOICE_PROFILES_PATH"));
    if (voices) {
        config.voices = std::move(*voices);
    } else {
        reader.refuse("VOICE_PROFILES_PATH",
                      "a file of voice profiles; " + voices.error().message());
    }
    read_artifacts(reader, settings, config.notes);
    const milliseconds second{1'000};
    milliseconds ignored{0};
    reader.take(ignored, settings.duration("GPU_MONITORING_INTERVAL", second, milliseconds{100},
                                           milliseconds{3'600'000}));
}

}  // namespace livedub
