// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Engines and what goes with them: read in full mode only (external contract, 1.13).

#pragma once

#include <vector>

#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "service_settings.hpp"

namespace livedub {

[[nodiscard]] std::vector<config::SettingSpec> provider_settings();

/// Reads what provider_settings() declares into the parts of `config` that are for full mode. A
/// provider that this build has not is refused with what is missing, never replaced.
void read_provider_settings(SettingsReader& reader, const config::Settings& settings,
                            ServiceConfig& config);

}  // namespace livedub
