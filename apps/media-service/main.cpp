// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// media-service: follows the streams of a media server and publishes them dubbed. Flags and exit
// code; the work is in media_service.cpp.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "exit_codes.hpp"
#include "media_service.hpp"
#include "media_settings.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): the composition root

int refuse(const Error& error) {
    std::cerr << "media-service: " << error.message() << "\n";
    return kExitConfig;
}

int run(int argc, char** argv) {
    // A peer that hangs up is an error of one write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app{"media-service " LIVEDUB_VERSION
                 ": follows the streams of a media server and publishes them dubbed.\n"
                 "Exit codes: 0 stopped as asked, 10 bad configuration or port in use, 50 internal "
                 "failure."};
    app.set_version_flag("--version", LIVEDUB_VERSION);
    SettingFlags flags;
    bool is_check_only = false;
    add_setting_flags(app, media_service_settings(), flags);
    app.add_flag("--check-config", is_check_only, "Check the settings and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitStopped : kExitConfig;
    }
    const auto settings = load_settings(media_service_settings(), flags);
    if (!settings) {
        return refuse(settings.error());
    }
    const auto config = make_media_service_config(*settings);
    if (!config) {
        return refuse(config.error());
    }
    return is_check_only ? kExitStopped : run_media_service(*config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "media-service: %s\n", error.what());
    }
    return kExitInternal;
}
