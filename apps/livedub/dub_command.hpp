// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// `livedub dub`: a file in, the same file in another language out.

#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace CLI {
class App;
}

namespace livedub {

struct DubFlags {
    std::string input;
    std::string output;
    std::string from = "en";
    std::string to = "es";
    std::string voice = "default";
    std::string original_audio = "duck";
    int duck_db = -15;
};

/// Adds the subcommand's flags; they are read into `flags`, which outlives the parsing.
void add_dub_flags(CLI::App& command, DubFlags& flags);

/// Which engines dub: the settings of `livedub up` that are about them.
[[nodiscard]] const std::vector<config::SettingSpec>& dub_settings();

/// Returns the exit code. Nothing half-written is left, whatever it is.
[[nodiscard]] int run_dub(const config::Settings& settings, const DubFlags& flags);

}  // namespace livedub
