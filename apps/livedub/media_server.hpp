// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The built-in media server with its two windows, the paths API and the metrics page: what
// `livedub up` puts sessions behind, and what `livedub serve` is.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include <prometheus/registry.h>

#include "base/result.hpp"
#include "common/settings_reader.hpp"
#include "config/settings.hpp"
#include "hooks/access_asker.hpp"
#include "http/server.hpp"
#include "net/io_thread.hpp"
#include "rtmp/server.hpp"

namespace livedub {

struct MediaServerConfig {
    Endpoint rtmp;
    Endpoint api;
    Endpoint metrics;
    std::string auth;  // a file of keys, or a URL to ask; empty: everybody may
    /// What our own sessions show; they may do anything. Empty: there are none.
    std::string own_key;
};

[[nodiscard]] std::vector<config::SettingSpec> media_server_settings();
void read_media_server_settings(SettingsReader& reader, const config::Settings& settings,
                                MediaServerConfig& server);

class MediaServer {
  public:
    /// Serves until destruction. Errors: kUnavailable (a port is in use), kInvalidArgument (no such
    /// address, keys that cannot be used).
    [[nodiscard]] static Result<std::unique_ptr<MediaServer>> start(net::IoThread& io,
                                                                    const MediaServerConfig& config,
                                                                    rtmp::ServerEvents events,
                                                                    prometheus::Registry& registry);

    [[nodiscard]] std::vector<rtmp::PathInfo> paths() const { return rtmp_->paths(); }

    // As a person on this machine would type them.
    [[nodiscard]] std::string rtmp_base() const;   // "rtmp://127.0.0.1:1935"
    [[nodiscard]] std::string watch_line() const;  // where to look while it runs

  private:
    MediaServer() = default;

    MediaServerConfig config_;
    // Before the server whose guard asks it, so that it outlives that. What it answers later than
    // that finds no connection.
    std::unique_ptr<hooks::AccessAsker> asker_;
    std::unique_ptr<rtmp::Server> rtmp_;
    std::unique_ptr<http::Server> api_;
    std::unique_ptr<http::Server> metrics_;
};

}  // namespace livedub
