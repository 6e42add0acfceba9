// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// `livedub serve`: the built-in media server alone, for a media-service beside it. It stands where
// MediaMTX does: the same paths, the same API, the same hooks.

#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "media_server.hpp"

namespace livedub {

struct ServeConfig {
    MediaServerConfig server;
    std::string orchestrator;  // base URL of the hooks; empty: nobody is told
    std::string hook_token;
    LogSettings log;
};

/// Every setting of `livedub serve`, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& serve_settings();

/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<ServeConfig> make_serve_config(const config::Settings& settings);

/// Serves until SIGINT or SIGTERM. @return The exit code.
[[nodiscard]] int run_serve(const ServeConfig& config);

}  // namespace livedub
