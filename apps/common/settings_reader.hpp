// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What the programs' settings have in common: reading them one after the other, the flags that go
// with them, and the settings that every program knows.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "config/settings.hpp"
#include "telemetry/log.hpp"

namespace CLI {
class App;
}

namespace livedub {

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  // 0: any free one
};

/// "0.0.0.0:1935", "[::1]:1935", ":1935" or "1935".
[[nodiscard]] std::optional<Endpoint> parse_endpoint(const std::string& text);

/// The address as it appears in a URL that this machine can open: 127.0.0.1 for "all addresses".
[[nodiscard]] std::string authority(const std::string& host, std::uint16_t port);

/// True when `path` is a directory that can be written to, made now if need be.
[[nodiscard]] bool is_writable_directory(const std::string& path);

/// "http://..." or "https://...".
[[nodiscard]] bool is_web_url(std::string_view text);

/// Takes values one after the other and keeps the first error.
class SettingsReader {
  public:
    explicit SettingsReader(const config::Settings& settings) : settings_{settings} {}

    template <typename T>
    void take(T& into, Result<T> value) {
        if (value) {
            into = std::move(*value);
        } else if (!error_) {
            error_ = std::move(value.error());
        }
    }

    void endpoint(Endpoint& into, const std::string& name);
    /// A BCP 47 tag of 2 to 10 characters.
    void language(std::string& into, const std::string& name);
    /// A directory that can be written to, made if it is not there.
    void directory(std::string& into, const std::string& name);
    /// A decimal number from least to most; `into` keeps what it has when the setting is empty.
    void number(double& into, const std::string& name, double least, double most);
    void refuse(const std::string& name, std::string_view allowed);

    [[nodiscard]] std::optional<Error>& error() { return error_; }

  private:
    const config::Settings& settings_;
    std::optional<Error> error_;
};

/// How a program logs, from LOG_LEVEL, LOG_FORMAT, RUN_ID and INSTANCE_ID.
struct LogSettings {
    std::string level;
    LogFormat format = LogFormat::kText;
    LogIdentity identity;
};

/// LOG_LEVEL and LOG_FORMAT; those two and RUN_ID and INSTANCE_ID.
[[nodiscard]] std::vector<config::SettingSpec> log_settings(std::string default_format);
[[nodiscard]] std::vector<config::SettingSpec> identity_settings();

/// Reads what log_settings() declares and, where they are declared, the identity; ids that are not
/// given are made up.
void read_log_settings(SettingsReader& reader, const config::Settings& settings, LogSettings& log);
void read_identity(SettingsReader& reader, const config::Settings& settings, LogIdentity& identity);

/// What the command line said.
struct SettingFlags {
    std::map<std::string, std::string> values;  // by setting name
    std::string file;
};

/// One flag per setting (the short one and those that are its names) and --config; secrets have
/// none, and stand in the footer. `flags` outlives the parse.
void add_setting_flags(CLI::App& command, const std::vector<config::SettingSpec>& specs,
                       SettingFlags& flags);

/// Settings from `flags`, the environment and the file. With a key among them the process leaves no
/// core dump.
[[nodiscard]] Result<config::Settings> load_settings(const std::vector<config::SettingSpec>& specs,
                                                     const SettingFlags& flags);

}  // namespace livedub
