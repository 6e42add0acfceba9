// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which voices there are: models with their configuration, as their publishers name the files.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::vits {

inline constexpr std::string_view kCoquiConfig = "config.json";

struct VoiceFiles {
    std::string name;  // "es_ES-davefx-medium"; of Coqui's the folder's
    std::filesystem::path model;
    std::filesystem::path config;  // where it has to be; may be missing
};

/// What is in `folder` and one level below: "<name>.onnx" with "<name>.onnx.json" beside it
/// (Piper), and "<name>/*.onnx" with a "config.json" beside it that names no "model_type" (Coqui;
/// those that do are translators). Sorted by name. A configuration may be no good, and of one that
/// is named as Piper's are it may be missing. A folder that is not there has none.
[[nodiscard]] std::vector<VoiceFiles> voices_in(const std::filesystem::path& folder);

/// The voice whose model is `file`.
[[nodiscard]] VoiceFiles voice_of(const std::filesystem::path& file);

/// Where voices are looked for: TTS_MODEL_PATH alone, a model or a folder, where it is set, else
/// the folders of models.
struct VoicePlaces {
    std::filesystem::path chosen;
    std::vector<std::filesystem::path> folders;
};

/// Of two with one name the first.
[[nodiscard]] std::vector<VoiceFiles> voices_in(const VoicePlaces& places);

}  // namespace livedub::vits
