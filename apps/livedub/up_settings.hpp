// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What `livedub up` can be told, and the checked result.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "media_session/stream_table.hpp"
#include "telemetry/log.hpp"

namespace livedub {

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  // 0: any free one
};

struct UpConfig {
    Endpoint rtmp;
    Endpoint api;
    Endpoint metrics;
    StreamOptions stream;
    std::size_t most_streams = 10;
    engines::SpeechConfig speech;
    std::optional<std::string> captions_dir;
    std::string log_level;
    LogFormat log_format = LogFormat::kText;
};

/// Every setting of `livedub up`, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& up_settings();

/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<UpConfig> make_up_config(const config::Settings& settings);

/// "0.0.0.0:1935", "[::1]:1935", ":1935" or "1935".
[[nodiscard]] std::optional<Endpoint> parse_endpoint(const std::string& text);

}  // namespace livedub
