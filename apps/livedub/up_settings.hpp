// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What `livedub up` can be told, and the checked result.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "engines/catalogue/catalogue.hpp"
#include "media_server.hpp"
#include "media_session/stream_table.hpp"

namespace livedub {

struct UpConfig {
    MediaServerConfig server;
    StreamOptions stream;
    std::size_t most_streams = 10;
    engines::SpeechConfig speech;
    std::optional<std::string> captions_dir;
    LogSettings log;
};

/// Every setting of `livedub up`, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& up_settings();

/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<UpConfig> make_up_config(const config::Settings& settings);

}  // namespace livedub
