// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who recognises, and with which model, for the programs that have speech engines.

#pragma once

#include <filesystem>
#include <vector>

#include "common/settings_reader.hpp"
#include "engines/catalogue/catalogue.hpp"

namespace livedub {

/// ASR_PROVIDER, ASR_MODEL_SIZE, ASR_MODEL_PATH and MODEL_CACHE_DIR.
[[nodiscard]] std::vector<config::SettingSpec> recognition_settings();

/// Reads what recognition_settings() declares. Whether the provider is in this build is for the
/// caller to say.
void read_recognition_settings(SettingsReader& reader, const config::Settings& settings,
                               engines::SpeechConfig& speech);

/// Where models are looked for, first choice first: MODEL_CACHE_DIR, and where that is left alone
/// also the user's own.
[[nodiscard]] std::vector<std::filesystem::path> model_folders(const config::Settings& settings);

/// "auto" and the recognisers that this build has.
[[nodiscard]] std::vector<std::string> recognisers_of_this_build();

}  // namespace livedub
