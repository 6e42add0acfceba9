// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What sts-service can be told (external contract, 4.1 and 4.3), and the checked result.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "sts_session/speech_server.hpp"

namespace livedub {

struct StsConfig {
    bool is_echo = false;
    sts_session::SpeechServerConfig server;
    std::chrono::milliseconds echo_delay{0};
    engines::SpeechConfig speech;    // full mode only
    std::size_t coding_threads = 2;  // for sound files, beside the engines' threads
    LogSettings log;
};

/// Every setting of sts-service, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& sts_settings();

/// In echo mode nothing of the engines' settings is read.
///
/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<StsConfig> make_sts_config(const config::Settings& settings);

}  // namespace livedub
