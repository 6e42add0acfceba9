// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Who translates, for the programs that have speech engines.

#pragma once

#include <vector>

#include "common/settings_reader.hpp"
#include "engines/catalogue/catalogue.hpp"

namespace livedub {

/// TRANSLATION_PROVIDER, where its services are, and GLOSSARY_PATH.
[[nodiscard]] std::vector<config::SettingSpec> translation_settings();

/// Reads what translation_settings() declares, and where recognition_settings() says that models
/// are. Refuses a provider that this build does not have,
/// one without what it needs, and a glossary that is none.
void read_translation_settings(SettingsReader& reader, const config::Settings& settings,
                               engines::SpeechConfig& speech);

}  // namespace livedub
