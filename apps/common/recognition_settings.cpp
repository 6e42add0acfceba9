// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/recognition_settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "engines/whisper/model_file.hpp"
#include "engines/whisper/whisper_model.hpp"

namespace livedub {
namespace {

namespace fs = std::filesystem;
using config::Settings;

constexpr const char* kModels = "MODEL_CACHE_DIR";
constexpr const char* kSharedFolder = "/models";

/// Where a user's own models are kept, for one who may not write to the shared folder.
fs::path folder_at_home() {
    const auto of = [](const char* name) {
        const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): at start
        return fs::path{value == nullptr ? "" : value};
    };
    const auto data = of("XDG_DATA_HOME");
    const auto home = of("HOME");
    if (data.is_absolute()) {
        return data / "livedub" / "models";
    }
    return home.empty() ? fs::path{} : home / ".local" / "share" / "livedub" / "models";
}

}  // namespace

std::vector<fs::path> model_folders(const Settings& settings) {
    const auto& setting = settings.text(kModels);
    std::vector<fs::path> folders{setting};
    if (setting == kSharedFolder) {
        if (auto own = folder_at_home(); !own.empty()) {
            folders.push_back(std::move(own));
        }
    }
    return folders;
}

std::vector<config::SettingSpec> recognition_settings() {
    return {
        {.name = "ASR_PROVIDER", .default_value = "auto", .help = "Recogniser"},
        {.name = "ASR_MODEL_SIZE",
         .default_value = "base",
         .help = "Of whisper: tiny, base, small, medium, large-v3, turbo, ...",
         .aliases = {"ASR_MODEL", "STS_WHISPER_MODEL"}},
        {.name = "ASR_MODEL_PATH", .default_value = "", .help = "Its file, instead of one by size"},
        {.name = kModels,
         .default_value = kSharedFolder,
         .help = "Directory of models",
         .aliases = {"STS_MODEL_CACHE_DIR"}},
    };
}

void read_recognition_settings(SettingsReader& reader, const Settings& settings,
                               engines::SpeechConfig& speech) {
    speech.recogniser = settings.text("ASR_PROVIDER");
    auto& model = speech.recognition.model;
    if (auto size = whisper::model_size(settings.text("ASR_MODEL_SIZE"))) {
        model.size = std::move(*size);
    } else {
        reader.refuse("ASR_MODEL_SIZE", whisper::kModelSizes);
    }
    model.file = settings.text("ASR_MODEL_PATH");
    model.folders = model_folders(settings);
    speech.recognition.threads = whisper::recognition_threads(std::thread::hardware_concurrency());
}

std::vector<std::string> recognisers_of_this_build() {
    auto names = engines::engines_of_this_build(engines::EngineStage::kRecognise);
    names.insert(names.begin(), "auto");
    return names;
}

}  // namespace livedub
