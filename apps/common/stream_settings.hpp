// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What both programs that dub streams can be told about every stream.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/settings_reader.hpp"
#include "media_session/stream_options.hpp"

namespace livedub {

/// Languages, times, the sound under a dub, SKIP_STS_CONNECTION, MAX_CONCURRENT_STREAMS,
/// LIVEDUB_CAPTIONS; with their short flags.
[[nodiscard]] std::vector<config::SettingSpec> stream_settings();

/// Reads what stream_settings() declares.
void read_stream_settings(SettingsReader& reader, const config::Settings& settings,
                          StreamOptions& stream, std::size_t& most_streams);

/// Where to record the words of all streams, as stream_settings() has it; nullopt: nowhere.
void read_captions(SettingsReader& reader, const config::Settings& settings,
                   std::optional<std::string>& directory);

}  // namespace livedub
