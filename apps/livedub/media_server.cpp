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
        {.name = "LIVEDUB_AUTH",
         .default_value = "",
         .help =
             "Who may publish and play: a file of keys, or a URL that is asked as MediaMTX does",
         .flag = "auth",
         .has_keys = true},
    };
}

void read_media_server_settings(SettingsReader& reader, const config::Settings& settings,
                                MediaServerConfig& server) {
    reader.endpoint(server.rtmp, "LIVEDUB_RTMP");
    reader.endpoint(server.api, "LIVEDUB_API");
    reader.endpoint(server.metrics, "LIVEDUB_METRICS");
    server.auth = settings.text("LIVEDUB_AUTH");
}

namespace {

bool is_url(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

rtmp::AccessGuard ask(net::IoThread& io, hooks::AccessAsker& asker) {
    return [&io, &asker](const rtmp::AccessRequest& request, const rtmp::AccessAnswer& answer) {
        const auto credentials = rtmp::credentials_of(request.query);
        asker.ask({.user = credentials.user,
                   .password = credentials.secret,
                   .ip = request.peer,
                   .action = request.access == rtmp::Access::kPublish ? "publish" : "read",
                   .path = request.path,
                   .query = request.query,
                   .id = request.connection_id},
                  [&io, answer](Result<void> may) {
                      io.post([answer, may = std::move(may)] { answer(may); });
                  });
    };
}

rtmp::AccessGuard look_up(rtmp::AccessList keys) {
    return [keys = std::move(keys)](const rtmp::AccessRequest& request,
                                    const rtmp::AccessAnswer& answer) {
        answer(keys.allows(request)
                   ? Result<void>{}
                   : fail(ErrorCode::kInvalidArgument,
                          "not allowed: the URL needs ?key=... with the key of this path"));
    };
}

/// Whoever shows `own_key` may; the others are for `guard` to judge.
rtmp::AccessGuard let_own_pass(std::string own_key, rtmp::AccessGuard guard) {
    if (own_key.empty()) {
        return guard;
    }
    return [own_key = std::move(own_key), guard = std::move(guard)](
               const rtmp::AccessRequest& request, const rtmp::AccessAnswer& answer) {
        if (rtmp::credentials_of(request.query).secret == own_key) {
            answer({});
        } else {
            guard(request, answer);
        }
    };
}

}  // namespace

Result<std::unique_ptr<MediaServer>> MediaServer::start(net::IoThread& io,
                                                        const MediaServerConfig& config,
                                                        rtmp::ServerEvents events,
                                                        prometheus::Registry& registry) {
    std::unique_ptr<hooks::AccessAsker> asker;
    if (is_url(config.auth)) {
        asker = std::make_unique<hooks::AccessAsker>(config.auth);
        events.may_use = let_own_pass(config.own_key, ask(io, *asker));
    } else if (!config.auth.empty()) {
        auto keys = rtmp::AccessList::load(config.auth);
        if (!keys) {
            return fail(ErrorCode::kInvalidArgument, "LIVEDUB_AUTH: " + keys.error().message());
        }
        events.may_use = let_own_pass(config.own_key, look_up(std::move(*keys)));
    }
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
    server->asker_ = std::move(asker);
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
