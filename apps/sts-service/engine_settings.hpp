// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The settings that choose and bound the speech engines (external contract, 4.3).

#pragma once

#include <optional>
#include <vector>

#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "sts_settings.hpp"

namespace livedub {

[[nodiscard]] std::vector<config::SettingSpec> engine_settings();

/// Refuses what this build has no engine for, with what to choose instead.
void read_engine_settings(SettingsReader& reader, const config::Settings& settings,
                          engines::SpeechConfig& speech);

/// nullopt stays when none are to be kept.
void read_artifact_settings(SettingsReader& reader, const config::Settings& settings,
                            std::optional<ArtifactConfig>& artifacts);

}  // namespace livedub
