// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/voice_folder.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engines/vits/voice_config.hpp"
#include "files/whole_file.hpp"

namespace livedub::vits {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModel = ".onnx";

fs::path piper_config(const fs::path& model) {
    auto config = model;
    config += ".json";
    return config;
}

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

/// Translators have a "config.json" as well, and say in it what they are. All else is a voice whose
/// configuration may be no good: whoever asks for it is to be told.
bool is_coqui_voice(const fs::path& config) {
    if (!is_file(config)) {
        return false;
    }
    const auto text = files::read_whole_file(config, kMostConfigBytes).value_or(std::string{});
    return text.find("\"model_type\"") == std::string::npos ||
           load_voice_config(config).has_value();
}

/// "es_ES-davefx-medium": its configuration was lost, and whoever asks for it is to be told.
bool is_named_as_voice(std::string_view name) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto at = name.find('_');
    return (at == 2 || at == 3) && name.size() > at + 3 && is_upper(name[at + 1]) &&
           is_upper(name[at + 2]) && name[at + 3] == '-';
}

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator it{folder, error}; !error && it != fs::directory_iterator{};
         it.increment(error)) {
        entries.push_back(it->path());
    }
    std::ranges::sort(entries);
    return entries;
}

void add_voices(const fs::path& folder, std::vector<VoiceFiles>& voices) {
    for (const auto& entry : entries_of(folder)) {
        if (entry.extension() != kModel || !is_file(entry)) {
            continue;
        }
        auto voice = voice_of(entry);
        const bool is_voice = voice.config.filename() == kCoquiConfig
                                  ? is_coqui_voice(voice.config)
                                  : is_file(voice.config) || is_named_as_voice(voice.name);
        if (is_voice) {
            voices.push_back(std::move(voice));
        }
    }
}

}  // namespace

VoiceFiles voice_of(const fs::path& file) {
    const auto config = fs::path{file}.replace_filename(kCoquiConfig);
    if (!is_file(piper_config(file)) && is_file(config)) {
        auto name = file.parent_path().filename().string();
        return {.name = name.empty() ? file.stem().string() : std::move(name),
                .model = file,
                .config = config};
    }
    return {.name = file.stem().string(), .model = file, .config = piper_config(file)};
}

std::vector<VoiceFiles> voices_in(const fs::path& folder) {
    std::vector<VoiceFiles> voices;
    add_voices(folder, voices);
    for (const auto& entry : entries_of(folder)) {
        add_voices(entry, voices);
    }
    std::ranges::stable_sort(voices, {}, &VoiceFiles::name);
    return voices;
}

std::vector<VoiceFiles> voices_in(const VoicePlaces& places) {
    if (!places.chosen.empty()) {
        std::error_code error;
        return fs::is_directory(places.chosen, error)
                   ? voices_in(places.chosen)
                   : std::vector<VoiceFiles>{voice_of(places.chosen)};
    }
    std::vector<VoiceFiles> all;
    for (const auto& folder : places.folders) {
        for (auto& voice : voices_in(folder)) {
            if (std::ranges::find(all, voice.name, &VoiceFiles::name) == all.end()) {
                all.push_back(std::move(voice));
            }
        }
    }
    return all;
}

}  // namespace livedub::vits
