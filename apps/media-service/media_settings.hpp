// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What media-service can be told (external contract, 4.1 and 4.2), and the checked result.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "media_session/stream_options.hpp"
#include "sts_client/sts_dubber.hpp"

namespace livedub {

struct MediaServiceConfig {
    Endpoint http;
    std::string rtmp_base;      // "rtmp://mediamtx:1935"
    std::string rtmp_query;     // what it knows us by: "user=...&pass=..."; may be empty
    std::string media_api_url;  // empty: the media server is not asked
    bool skips_sts = false;
    sts_client::StsClientConfig sts;
    StreamOptions stream;
    std::size_t most_streams = 10;

    std::string segment_dir;
    std::chrono::milliseconds segment_retention{0};  // 0: for ever
    std::uint64_t segment_max_bytes = 0;             // per stream; 0: no limit

    std::optional<std::string> captions_dir;
    bool metrics_enabled = true;
    std::string hook_token;  // empty: hooks need none
    std::string gst_debug;   // what GStreamer is to log, in its own words; empty: not said
    LogSettings log;
};

/// Every setting, in the order of --help.
[[nodiscard]] const std::vector<config::SettingSpec>& media_service_settings();

/// Errors: kInvalidArgument, naming the setting, the value and what is allowed.
[[nodiscard]] Result<MediaServiceConfig> make_media_service_config(
    const config::Settings& settings);

}  // namespace livedub
