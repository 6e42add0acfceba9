// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What sts-service can be told (external contract, 4.1 and 4.3), and the checked result.

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "artifacts/artifact_files.hpp"
#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "engines/catalogue/voice_profiles.hpp"
#include "sts_session/speech_server.hpp"

namespace livedub {

/// Where and for how long artifacts are kept.
struct ArtifactConfig {
    std::string path;
    artifacts::ArtifactLimits limits;
};

struct StsConfig {
    bool is_echo = false;
    sts_session::SpeechServerConfig server;
    std::chrono::milliseconds echo_delay{0};
    // Full mode only:
    engines::SpeechConfig speech;
    std::optional<ArtifactConfig> artifacts;  // nullopt: none are kept
    std::size_t coding_threads = 2;           // for sound files, beside the engines' threads
    /// BACKPRESSURE_THRESHOLD_HIGH, if given: old settings have it, but high is all above medium.
    std::optional<std::size_t> unused_high_threshold;

    // Both modes:
    LogSettings log;
};

/// Every setting of sts-service, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& sts_settings();

/// In echo mode nothing of the engines' settings is read.
///
/// @param flags What the command line gave: there HOST and PORT beat ECHO_HOST and ECHO_PORT.
///
/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<StsConfig> make_sts_config(const config::Settings& settings);

}  // namespace livedub
