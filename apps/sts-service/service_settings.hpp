// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What sts-service can be told, and the checked result (external contract, 4.1 and 4.3).

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "engines/catalogue/voice_profiles.hpp"
#include "sts_session/speech_server.hpp"

namespace livedub {

enum class ServiceMode {
    kFull = 1,
    kEcho = 2,
};

struct ServiceConfig {
    ServiceMode mode = ServiceMode::kFull;
    LogSettings log;
    sts_session::SpeechServerConfig server;
    std::vector<std::string> notes;  // settings that are taken and do nothing here: to be logged

    std::chrono::milliseconds echo_delay{0};  // echo only

    // Full only:
    engines::SpeechConfig speech;
    engines::VoiceProfiles voices;
    std::size_t workers = 4;
};

/// Every setting, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& service_settings();

/// @param flags What the command line gave, by name: there HOST and PORT beat ECHO_HOST and
///              ECHO_PORT.
///
/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<ServiceConfig> make_service_config(const config::Settings& settings,
                                                        const SettingFlags& flags);

}  // namespace livedub
