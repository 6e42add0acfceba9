// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// livedub: dubs live streams, and files, into another language. Flags, dispatch, exit code; the
// work is in the commands.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>

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

struct UpFlags {
    std::map<std::string, std::string> values;  // by setting name
    std::string file;
    bool is_check_only = false;
};

/// One flag per setting: the short one and the one that is its name.
void add_up_flags(CLI::App& command, UpFlags& flags) {
    for (const auto& spec : up_settings()) {
        const auto long_flag = "--" + config::flag_of(spec.name);
        const auto names = spec.flag.empty() || "--" + spec.flag == long_flag
                               ? long_flag
                               : fmt::format("--{},{}", spec.flag, long_flag);
        const auto shown =
            spec.default_value.empty() ? std::string{} : fmt::format(" [{}]", spec.default_value);
        command
            .add_option(names, flags.values[spec.name], spec.help + shown + "  env " + spec.name)
            ->type_name("");
    }
    command.add_option("--config", flags.file, "File of NAME=value lines")
        ->envname("LIVEDUB_CONFIG");
    command.add_flag("--check-config", flags.is_check_only, "Check the settings and exit");
}

int up(const UpFlags& flags) {
    const auto settings =
        config::Settings::load(up_settings(), flags.values, config::process_environment(),
                               flags.file.empty() ? std::nullopt : std::optional{flags.file});
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

    UpFlags up_flags;
    auto& up_app =
        *app.add_subcommand("up", "Serve RTMP and dub every stream published to live/<id>/in");
    add_up_flags(up_app, up_flags);

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
