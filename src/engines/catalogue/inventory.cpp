// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/inventory.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {
namespace {

// The build says which libraries it found, and an empty version for those it did not.
constexpr std::string_view kPocketsphinx = LIVEDUB_POCKETSPHINX_VERSION;
constexpr std::string_view kEspeak = LIVEDUB_ESPEAK_VERSION;
// NOLINTNEXTLINE(readability-redundant-string-init): it is, in a build without whisper
constexpr std::string_view kWhisper = LIVEDUB_WHISPER_VERSION;
// NOLINTNEXTLINE(readability-redundant-string-init): as is this, without ONNX Runtime
constexpr std::string_view kOnnxRuntime = LIVEDUB_OPUS_VERSION;

KnownEngine packaged(std::string name, EngineStage stage, std::string_view version,
                     const std::string& runs_with, const std::string& builds_with) {
    const bool is_in_build = !version.empty();
    return {.name = std::move(name),
            .stage = stage,
            .is_in_build = is_in_build,
            .version = std::string{version},
            .package = is_in_build ? runs_with : builds_with,
            .what_it_needs = is_in_build ? "" : "needs " + builds_with + " when building"};
}

/// Its models are fetched, not packaged.
KnownEngine whisper_engine() {
    auto engine = packaged("whisper", EngineStage::kRecognise, kWhisper, "", "libwhisper-dev");
    if (!engine.is_in_build) {
        engine.what_it_needs += " (Debian 14 and later)";
    }
    return engine;
}

/// As whisper's.
KnownEngine opus_engine() {
    auto engine = packaged("opus", EngineStage::kTranslate, kOnnxRuntime, "",
                           "libonnxruntime-dev libsentencepiece-dev libabsl-dev");
    if (!engine.is_in_build) {
        engine.what_it_needs += " (Debian 13 and later)";
    }
    return engine;
}

/// A service: nothing of it is on this machine.
KnownEngine online(std::string name, EngineStage stage) {
    return {.name = std::move(name), .stage = stage, .is_in_build = true, .is_service = true};
}

/// A service, and voices of our own where the build has them.
KnownEngine coqui_engine() {
    auto engine = online("coqui", EngineStage::kSpeak);
    engine.version = local_voices_version();
    return engine;
}

}  // namespace

std::vector<KnownEngine> known_engines() {
    return {
        packaged("pocketsphinx", EngineStage::kRecognise, kPocketsphinx, "pocketsphinx-en-us",
                 "libpocketsphinx-dev"),
        whisper_engine(),
        online("openai-compatible", EngineStage::kRecognise),
        {.name = "apertium",
         .stage = EngineStage::kTranslate,
         .is_in_build = true,  // its programs are found when it runs
         .package = "apertium"},
        online("deepl", EngineStage::kTranslate),
        online("libretranslate", EngineStage::kTranslate),
        online("openai-compatible", EngineStage::kTranslate),
        opus_engine(),
        packaged("espeak", EngineStage::kSpeak, kEspeak, "espeak-ng-data", "libespeak-ng-dev"),
        coqui_engine(),
        online("elevenlabs", EngineStage::kSpeak),
        online("openai-compatible", EngineStage::kSpeak),
    };
}

std::vector<std::string> engines_of_this_build(EngineStage stage) {
    std::vector<std::string> names;
    for (const auto& engine : known_engines()) {
        if (engine.stage == stage && engine.is_in_build) {
            names.push_back(engine.name);
        }
    }
    return names;
}

std::string what_is_missing(EngineStage stage, const std::vector<std::string>& names) {
    std::string missing;
    for (const auto& engine : known_engines()) {
        if (engine.stage == stage && !engine.is_in_build &&
            std::ranges::find(names, engine.name) != names.end()) {
            missing += fmt::format("; {}: {}", engine.name, engine.what_it_needs);
        }
    }
    return missing;
}

std::string chosen_synthesizers(const std::string& setting, const SpeechServices& services,
                                std::string_view language) {
    const bool has_voice = setting == "auto" && services.coqui_url.empty() &&
                           has_local_voice(services.local_voices, language);
    return has_voice ? "coqui,espeak" : setting;
}

std::vector<std::string> chosen_engines(EngineStage stage, const std::string& setting) {
    if (stage != EngineStage::kTranslate && setting == "auto") {
        return {stage == EngineStage::kRecognise ? "pocketsphinx" : "espeak"};
    }
    if (stage == EngineStage::kRecognise) {
        return {setting};
    }
    std::vector<std::string> names;
    for (std::size_t from = 0; from <= setting.size();) {
        const auto comma = std::min(setting.find(',', from), setting.size());
        auto name = setting.substr(from, comma - from);
        std::erase(name, ' ');
        names.push_back(std::move(name));
        from = comma + 1;
    }
    return names;
}

}  // namespace livedub::engines
