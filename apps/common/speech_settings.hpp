// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who listens and who speaks, for the programs that have speech engines.

#pragma once

#include <vector>

#include "common/settings_reader.hpp"
#include "engines/catalogue/catalogue.hpp"

namespace livedub {

/// ASR_PROVIDER and TTS_PROVIDER, what their services need beside what translation_settings()
/// declares, and VOICE_PROFILES_PATH.
[[nodiscard]] std::vector<config::SettingSpec> speech_settings();

/// Reads what speech_settings() declares, after read_translation_settings(). Refuses a service
/// without what it needs; whether there is an engine of the name is asked elsewhere.
void read_speech_settings(SettingsReader& reader, const config::Settings& settings,
                          engines::SpeechConfig& speech);

}  // namespace livedub
