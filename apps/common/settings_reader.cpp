// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "common/settings_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/uuid.hpp"

namespace livedub {
namespace {

constexpr std::array<std::string_view, 2> kTextOrJson{"text", "json"};

bool is_id(std::string_view text) {
    return text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) {
               return std::isgraph(c) != 0 && c != '"' && c != '\\' && c != '=';
           });
}

}  // namespace

std::optional<Endpoint> parse_endpoint(const std::string& text) {
    const auto colon = text.rfind(':');
    auto host = colon == std::string::npos ? std::string{} : text.substr(0, colon);
    const auto port_text = colon == std::string::npos ? text : text.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    int port = -1;
    const auto [end, error] =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (error != std::errc{} || end != port_text.data() + port_text.size() || port < 0 ||
        port > 65'535) {
        return std::nullopt;
    }
    return Endpoint{host.empty() ? "0.0.0.0" : host, static_cast<std::uint16_t>(port)};
}

std::string authority(const std::string& host, std::uint16_t port) {
    const auto shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host;
    return shown.find(':') == std::string::npos ? fmt::format("{}:{}", shown, port)
                                                : fmt::format("[{}]:{}", shown, port);
}

bool is_writable_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    return std::filesystem::is_directory(path, error) && ::access(path.c_str(), W_OK | X_OK) == 0;
}

bool is_web_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

void SettingsReader::endpoint(Endpoint& into, const std::string& name) {
    if (auto parsed = parse_endpoint(settings_.text(name))) {
        into = std::move(*parsed);
    } else {
        refuse(name, "HOST:PORT with a port from 0 to 65535, like 0.0.0.0:1935");
    }
}

void SettingsReader::language(std::string& into, const std::string& name) {
    const auto& tag = settings_.text(name);
    const auto is_part = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
    const bool is_tag = tag.size() >= 2 && tag.size() <= 10 && std::ranges::all_of(tag, is_part) &&
                        std::isalpha(static_cast<unsigned char>(tag[0])) != 0 &&
                        std::isalpha(static_cast<unsigned char>(tag[1])) != 0;
    if (is_tag) {
        into = tag;
    } else {
        refuse(name, "a language tag of 2 to 10 characters, like es or pt-BR");
    }
}

void SettingsReader::directory(std::string& into, const std::string& name) {
    into = settings_.text(name);
    if (!is_writable_directory(into)) {
        refuse(name, "a directory that can be written to");
    }
}

void SettingsReader::number(double& into, const std::string& name, double least, double most) {
    const auto& text = settings_.text(name);
    if (text.empty()) {
        return;
    }
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= least &&
        value <= most) {
        into = value;
    } else {
        refuse(name, fmt::format("a number from {} to {}", least, most));
    }
}

void SettingsReader::refuse(const std::string& name, std::string_view allowed) {
    if (!error_) {
        error_ = settings_.refuse(name, allowed);
    }
}

std::vector<config::SettingSpec> log_settings(std::string default_format) {
    return {
        {.name = "LOG_LEVEL",
         .default_value = "INFO",
         .help = "DEBUG, INFO, WARNING, ERROR or CRITICAL"},
        {.name = "LOG_FORMAT", .default_value = std::move(default_format), .help = "text or json"},
    };
}

std::vector<config::SettingSpec> identity_settings() {
    return {
        {.name = "RUN_ID", .default_value = "", .help = "Name of this run in the log"},
        {.name = "INSTANCE_ID", .default_value = "", .help = "Name of this instance in the log"},
    };
}

void read_log_settings(SettingsReader& reader, const config::Settings& settings, LogSettings& log) {
    log.level = settings.text("LOG_LEVEL");
    auto upper = log.level;
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    constexpr std::array<std::string_view, 6> kLevels{"DEBUG", "INFO",  "WARNING",
                                                      "WARN",  "ERROR", "CRITICAL"};
    if (std::ranges::find(kLevels, upper) == kLevels.end()) {
        reader.refuse("LOG_LEVEL", "DEBUG, INFO, WARNING, WARN, ERROR, CRITICAL");
    }
    std::string format;
    reader.take(format, settings.choice("LOG_FORMAT", kTextOrJson));
    log.format = format == "json" ? LogFormat::kJson : LogFormat::kText;
}

void read_identity(SettingsReader& reader, const config::Settings& settings,
                   LogIdentity& identity) {
    identity = {.run_id = settings.text("RUN_ID"), .instance_id = settings.text("INSTANCE_ID")};
    for (const auto* name : {"RUN_ID", "INSTANCE_ID"}) {
        if (!is_id(settings.text(name))) {
            reader.refuse(name,
                          "at most 64 printable characters without spaces, quotes, '\\' and '='");
        }
    }
    if (identity.run_id.empty()) {
        identity.run_id = make_uuid4();
    }
    if (identity.instance_id.empty()) {
        identity.instance_id = make_uuid4().substr(0, 8);
    }
}

void add_setting_flags(CLI::App& command, const std::vector<config::SettingSpec>& specs,
                       SettingFlags& flags) {
    std::string secrets;
    for (const auto& spec : specs) {
        if (spec.is_secret) {
            const auto names = spec.aliases.empty()
                                   ? spec.name
                                   : fmt::format("{},{}", spec.name, fmt::join(spec.aliases, ","));
            secrets += fmt::format("\n  {:<27} {}", names, spec.help);
            continue;
        }
        const auto long_flag = "--" + config::flag_of(spec.name);
        auto names = spec.flag.empty() || "--" + spec.flag == long_flag
                         ? long_flag
                         : fmt::format("--{},{}", spec.flag, long_flag);
        for (const auto& alias : spec.aliases) {
            names += ",--" + config::flag_of(alias);
        }
        const auto shown =
            spec.default_value.empty() ? std::string{} : fmt::format(" [{}]", spec.default_value);
        command
            .add_option(names, flags.values[spec.name], spec.help + shown + "  env " + spec.name)
            ->type_name("");
    }
    command.add_option("--config", flags.file, "File of NAME=value lines")
        ->envname("LIVEDUB_CONFIG");
    if (!secrets.empty()) {
        command.footer(
            fmt::format("From the environment or a file alone, never a flag; NAME_FILE "
                        "names a file that holds one:{}\n{}",
                        secrets, command.get_footer()));
    }
}

Result<config::Settings> load_settings(const std::vector<config::SettingSpec>& specs,
                                       const SettingFlags& flags) {
    auto settings =
        config::Settings::load(specs, flags.values, config::process_environment(),
                               flags.file.empty() ? std::nullopt : std::optional{flags.file});
    const auto brings_key = [&](const config::SettingSpec& spec) {
        return (spec.is_secret || spec.has_keys) && settings->is_set(spec.name);
    };
    if (settings && std::ranges::any_of(specs, brings_key)) {
        (void)::prctl(PR_SET_DUMPABLE, 0);
    }
    return settings;
}

}  // namespace livedub
