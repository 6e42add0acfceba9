// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "media_server.hpp"

#include <utility>

#include <fmt/format.h>

#include "rtmp/paths_api.hpp"

namespace livedub {

std::vector<config::SettingSpec> media_server_settings() {
    return {
        {.name = "LIVEDUB_RTMP",
         .default_value = "0.0.0.0:1935",
         .help = "RTMP address",
         .flag = "rtmp"},
        {.name = "LIVEDUB_API",
         .default_value = "0.0.0.0:9997",
         .help = "HTTP API address",
         .flag = "api"},
        {.name = "LIVEDUB_METRICS",
         .default_value = "0.0.0.0:9998",
         .help = "Prometheus metrics address",
         .flag = "metrics"},
    };
}

void read_media_server_settings(SettingsReader& reader, MediaServerConfig& server) {
    reader.endpoint(server.rtmp, "LIVEDUB_RTMP");
    reader.endpoint(server.api, "LIVEDUB_API");
    reader.endpoint(server.metrics, "LIVEDUB_METRICS");
}

Result<std::unique_ptr<MediaServer>> MediaServer::start(net::IoThread& io,
                                                        const MediaServerConfig& config,
                                                        rtmp::ServerEvents events,
                                                        prometheus::Registry& registry) {
    auto rtmp = rtmp::Server::start(io, {.host = config.rtmp.host, .port = config.rtmp.port},
                                    std::move(events), registry);
    if (!rtmp) {
        return tl::unexpected{std::move(rtmp.error())};
    }
    auto api =
        http::Server::start(io, config.api.host, config.api.port, rtmp::make_paths_api(**rtmp));
    if (!api) {
        return tl::unexpected{std::move(api.error())};
    }
    auto metrics = http::Server::start(io, config.metrics.host, config.metrics.port,
                                       rtmp::make_metrics_page(registry));
    if (!metrics) {
        return tl::unexpected{std::move(metrics.error())};
    }
    std::unique_ptr<MediaServer> server{new MediaServer};
    server->config_ = config;
    server->rtmp_ = std::move(*rtmp);
    server->api_ = std::move(*api);
    server->metrics_ = std::move(*metrics);
    return server;
}

std::string MediaServer::rtmp_base() const {
    return "rtmp://" + authority(config_.rtmp.host, rtmp_->port());
}

std::string MediaServer::watch_line() const {
    return fmt::format("http://{}/v3/paths/list   http://{}/metrics",
                       authority(config_.api.host, api_->port()),
                       authority(config_.metrics.host, metrics_->port()));
}

}  // namespace livedub
