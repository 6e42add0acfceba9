// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// `livedub models`: the models that engines can use, which of them are here, and how to get others.
// Nothing else in the project ever fetches one.

#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace livedub {

struct ModelsFlags {
    std::string directory;
    std::string catalogue;
    std::vector<std::string> names;
    bool is_json = false;
    std::string base_url;
    int retries = 4;
    std::string stall_timeout = "30s";
};

/// Adds the subcommands and their flags; they are read into `flags`, which outlives the parsing.
void add_models_commands(CLI::App& command, ModelsFlags& flags);

/// Runs the subcommand that was parsed. Returns the exit code: 0 well, 1 it is not (a pull failed,
/// a file is bad or not there), 2 bad usage, 130 interrupted.
[[nodiscard]] int run_models(const CLI::App& command, const ModelsFlags& flags);

}  // namespace livedub
