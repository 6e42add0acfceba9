// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "serve_command.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "common/stop_signals.hpp"
#include "exit_codes.hpp"
#include "hooks/hook_sender.hpp"
#include "telemetry/log.hpp"

namespace livedub {
namespace {

hooks::SourceChange change_of(const rtmp::PublisherInfo& publisher, bool is_ready) {
    return {.is_ready = is_ready,
            .path = publisher.path,
            .query = publisher.query,
            .source_type = publisher.source_type,
            .source_id = publisher.source_id};
}

}  // namespace

const std::vector<config::SettingSpec>& serve_settings() {
    static const auto specs = [] {
        auto all = media_server_settings();
        all.push_back({.name = "ORCHESTRATOR_URL",
                       .default_value = "",
                       .help = "media-service to tell who publishes, like http://127.0.0.1:8080",
                       .flag = "hooks"});
        all.push_back({.name = "HOOK_TOKEN",
                       .default_value = "",
                       .help = "Sent with the hooks",
                       .is_secret = true});
        std::ranges::move(log_settings("text"), std::back_inserter(all));
        return all;
    }();
    return specs;
}

Result<ServeConfig> make_serve_config(const config::Settings& settings) {
    ServeConfig config;
    SettingsReader reader{settings};
    read_media_server_settings(reader, settings, config.server);
    config.orchestrator = settings.text("ORCHESTRATOR_URL");
    if (!config.orchestrator.empty() && !config.orchestrator.starts_with("http://") &&
        !config.orchestrator.starts_with("https://")) {
        reader.refuse("ORCHESTRATOR_URL", "an http:// or https:// URL");
    }
    config.hook_token = settings.text("HOOK_TOKEN");
    read_log_settings(reader, settings, config.log);
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return config;
}

int run_serve(const ServeConfig& config) {
    if (const auto set_up = set_up_logging(config.log.level, config.log.format); !set_up) {
        return refuse(set_up.error());
    }
    const StopSignals signals;
    prometheus::Registry registry;
    net::IoThread io;
    std::optional<hooks::HookSender> sender;
    if (!config.orchestrator.empty()) {
        sender.emplace(config.orchestrator, config.hook_token);
    }
    const auto tell = [&sender](bool is_ready) {
        return [&sender, is_ready](const rtmp::PublisherInfo& publisher) {
            if (sender) {
                sender->send(change_of(publisher, is_ready));
            }
        };
    };
    const auto server = MediaServer::start(
        io, config.server, {.on_ready = tell(true), .on_not_ready = tell(false)}, registry);
    if (!server) {
        return refuse(server.error());
    }
    std::cout << fmt::format(
                     "livedub {}   media server, dubs nothing itself\n"
                     "publish  {}/live/<id>/in\n"
                     "play     {}/live/<id>/out   once a media-service publishes it\n"
                     "hooks    {}\n"
                     "watch    {}",
                     LIVEDUB_VERSION, (*server)->rtmp_base(), (*server)->rtmp_base(),
                     config.orchestrator.empty() ? "none"
                                                 : without_credentials(config.orchestrator),
                     (*server)->watch_line())
              << std::endl;  // NOLINT(performance-avoid-endl): somebody waits for it
    signals.wait();
    return kExitStopped;
}

}  // namespace livedub
