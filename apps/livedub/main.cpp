// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// livedub: dubs live streams, and files, into another language. Flags, dispatch, exit code; the
// work is in the commands.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "doctor_command.hpp"
#include "dub_command.hpp"
#include "exit_codes.hpp"
#include "models_command.hpp"
#include "serve_command.hpp"
#include "up_command.hpp"
#include "up_settings.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): the composition root

/// From flags, environment and file to a checked configuration, and on with it.
template <typename MakeConfig, typename Run>
int run_with(const SettingFlags& flags, const std::vector<config::SettingSpec>& specs,
             bool is_check_only, MakeConfig make_config, Run run_command) {
    const auto settings = load_settings(specs, flags);
    if (!settings) {
        return refuse(settings.error());
    }
    const auto config = make_config(*settings);
    if (!config) {
        return refuse(config.error());
    }
    return is_check_only ? kExitStopped : run_command(*config);
}

int doctor_or_refuse(const SettingFlags& setting_flags, const DoctorFlags& flags) {
    const auto settings = load_settings(doctor_settings(), setting_flags);
    return settings ? run_doctor(*settings, flags) : refuse(settings.error());
}

int dub_or_refuse(const SettingFlags& setting_flags, const DubFlags& flags) {
    const auto settings = load_settings(dub_settings(), setting_flags);
    return settings ? run_dub(*settings, flags) : refuse(settings.error());
}

int run(int argc, char** argv) {
    // A viewer that hangs up is an error of one write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app{"livedub " LIVEDUB_VERSION
                 ": dubs live streams and files into another language.\n"
                 "Exit codes: 0 stopped as asked, 1 runtime failure, 2 bad usage, configuration or "
                 "input, 3 port in use."};
    app.set_version_flag("--version", LIVEDUB_VERSION);
    app.require_subcommand(1);

    SettingFlags up_flags;
    bool is_check_only = false;
    auto& up_app =
        *app.add_subcommand("up", "Serve RTMP and dub every stream published to live/<id>/in");
    add_setting_flags(up_app, up_settings(), up_flags);
    up_app.add_flag("--check-config", is_check_only, "Check the settings and exit");

    SettingFlags serve_flags;
    auto& serve_app = *app.add_subcommand("serve", "Serve RTMP alone, for a media-service");
    add_setting_flags(serve_app, serve_settings(), serve_flags);
    serve_app.add_flag("--check-config", is_check_only, "Check the settings and exit");

    DubFlags dub_flags;
    auto& dub_app = *app.add_subcommand("dub", "Dub a file");
    add_dub_flags(dub_app, dub_flags);
    SettingFlags dub_setting_flags;
    add_setting_flags(dub_app, dub_settings(), dub_setting_flags);

    SettingFlags doctor_setting_flags;
    DoctorFlags doctor_flags;
    auto& doctor_app = *app.add_subcommand(
        "doctor", "Say what this machine has and lacks before air, with the settings of up");
    doctor_app.add_flag("--json", doctor_flags.is_json, "One JSON object instead of a table");
    doctor_app.add_flag("--quick", doctor_flags.is_quick, "Measure nothing, take a second");
    doctor_app.footer(
        "Exit codes: 0 ready, maybe with warnings; 1 something needed is missing; 2 bad usage or "
        "configuration.");
    add_setting_flags(doctor_app, doctor_settings(), doctor_setting_flags);

    ModelsFlags models_flags;
    auto& models_app =
        *app.add_subcommand("models", "List, fetch and check the models that engines can use");
    add_models_commands(models_app, models_flags);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitStopped : kExitUsage;
    }
    if (doctor_app.parsed()) {
        return doctor_or_refuse(doctor_setting_flags, doctor_flags);
    }
    if (models_app.parsed()) {
        return run_models(models_app, models_flags);
    }
    if (dub_app.parsed()) {
        return dub_or_refuse(dub_setting_flags, dub_flags);
    }
    return serve_app.parsed()
               ? run_with(serve_flags, serve_settings(), is_check_only, make_serve_config,
                          run_serve)
               : run_with(up_flags, up_settings(), is_check_only, make_up_config, run_up);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "livedub: %s\n", error.what());
    }
    return kExitFailed;
}
