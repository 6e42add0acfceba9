// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// livedub: dubs live streams, and files, into another language. Flags, dispatch, exit code; the
// work is in the commands.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "dub_command.hpp"
#include "exit_codes.hpp"
#include "up_command.hpp"
#include "up_settings.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): the composition root

int refuse(const Error& error) {
    std::cerr << "livedub: " << error.message() << "\n";
    return kExitUsage;
}

int up(const SettingFlags& flags) {
    const auto settings = load_settings(up_settings(), flags);
    if (!settings) {
        return refuse(settings.error());
    }
    const auto config = make_up_config(*settings);
    if (!config) {
        return refuse(config.error());
    }
    return flags.is_check_only ? kExitStopped : run_up(*config);
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
    auto& up_app =
        *app.add_subcommand("up", "Serve RTMP and dub every stream published to live/<id>/in");
    add_setting_flags(up_app, up_settings(), up_flags);

    DubFlags dub_flags;
    auto& dub_app = *app.add_subcommand("dub", "Dub a file");
    add_dub_flags(dub_app, dub_flags);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitStopped : kExitUsage;
    }
    return dub_app.parsed() ? run_dub(dub_flags) : up(up_flags);
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
