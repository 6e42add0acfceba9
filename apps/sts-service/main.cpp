// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// sts-service: speech in one language in, speech in another out, over Socket.IO. Flags, settings,
// exit code; the work is in service.cpp.

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "common/settings_reader.hpp"
#include "exit_codes.hpp"
#include "service.hpp"
#include "service_settings.hpp"

namespace {

using namespace livedub;  // NOLINT(google-build-using-namespace): the composition root

int refuse(const Error& error) {
    std::cerr << "sts-service: " << error.message() << "\n";
    return kExitConfiguration;
}

int run(int argc, char** argv) {
    // A client that hangs up is an error of one write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app{"sts-service " LIVEDUB_VERSION
                 ": speech in one language in, speech in another out, over Socket.IO.\n"
                 "Exit codes: 0 stopped as asked, 10 bad usage or configuration, 50 internal "
                 "failure."};
    app.set_version_flag("--version", LIVEDUB_VERSION);
    SettingFlags flags;
    add_setting_flags(app, service_settings(), flags);
    bool has_test_controls = false;
    app.add_flag("--enable-test-controls", has_test_controls, "As --sts-test-controls true");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kExitStopped : kExitConfiguration;
    }
    if (has_test_controls) {
        flags.values["STS_TEST_CONTROLS"] = "true";
    }
    const auto settings = load_settings(service_settings(), flags);
    if (!settings) {
        return refuse(settings.error());
    }
    const auto config = make_service_config(*settings, flags);
    if (!config) {
        return refuse(config.error());
    }
    return flags.is_check_only ? kExitStopped : run_service(*config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sts-service: %s\n", error.what());
    }
    return livedub::kExitInternal;
}
