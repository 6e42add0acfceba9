// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who listens and who speaks, for the programs that have speech engines.

#pragma once

#include <vector>

#include "common/settings_reader.hpp"
#include "engines/catalogue/catalogue.hpp"

namespace livedub {

/// TTS_PROVIDER, what services need that listen or speak beside what translation_settings()
/// declares, and VOICE_PROFILES_PATH.
[[nodiscard]] std::vector<config::SettingSpec> speech_settings();

/// Reads what speech_settings() declares, after read_recognition_settings() and
/// read_translation_settings(). Refuses synthesizers that this build does not have, or that are
/// named twice, a service without what it needs, and voices that are not there.
void read_speech_settings(SettingsReader& reader, const config::Settings& settings,
                          engines::SpeechConfig& speech);

}  // namespace livedub
