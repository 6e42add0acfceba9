// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//

#include "config/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.hpp"

namespace livedub::config {
namespace {

using std::chrono::milliseconds;

constexpr const char* kDefault = "default";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// "http://me:secret@host" -> "http://***@host", however the rest of it is spelt: it is shown
/// because it is no usable URL.
std::string without_password(std::string text) {
    const auto sign = text.rfind('@');
    if (sign == std::string::npos) {
        return text;
    }
    const auto slashes = text.rfind("//", sign);
    const auto begin = slashes == std::string::npos ? 0 : slashes + 2;
    if (slashes != std::string::npos || text.find(':') < sign) {
        text.replace(begin, sign - begin, "***");
    }
    return text;
}

bool is_name_of(const SettingSpec& spec, std::string_view name) {
    const auto is_same = [&](const std::string& other) {
        return name == other || (spec.is_secret && name == file_setting_of(other));
    };
    return is_same(spec.name) || std::ranges::any_of(spec.aliases, is_same);
}

/// What the file `path` holds, which `setting` names: one line.
///
/// Errors: kInvalidArgument, with nothing of what it holds.
Result<std::string> read_secret(const std::string& setting, const std::string& path,
                                const std::string& origin) {
    constexpr std::streamsize kMost = 4'096;
    const auto refused = [&](std::string_view why) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} = \"{}\" ({}) {}; allowed: a file that holds the secret on one "
                                "line, of at most {} bytes",
                                setting, path, origin, why, kMost));
    };
    std::ifstream in{path, std::ios::binary};
    std::string bytes(static_cast<std::size_t>(kMost) + 1, '\0');
    in.read(bytes.data(), kMost + 1);
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    if (in.bad() || (bytes.empty() && !in.eof())) {
        return refused("cannot be read");
    }
    if (bytes.size() > static_cast<std::size_t>(kMost)) {
        return refused("is too long");
    }
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = bytes.find_first_not_of(kBlank);
    if (first == std::string::npos) {
        return refused("is empty");
    }
    auto secret = bytes.substr(first, bytes.find_last_not_of(kBlank) - first + 1);
    if (std::ranges::any_of(secret, [](unsigned char c) { return std::iscntrl(c) != 0; })) {
        return refused("holds more than that");
    }
    return secret;
}

struct FileLine {
    std::string value;
    std::string origin;
};

Result<std::map<std::string, FileLine>> read_file(std::span<const SettingSpec> specs,
                                                  const std::string& path) {
    std::ifstream in{path};
    if (!in) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("configuration file {} cannot be read", path));
    }
    std::map<std::string, FileLine> lines;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto text = trimmed(line);
        if (text.empty() || text.front() == '#') {
            continue;
        }
        const auto equals = text.find('=');
        const auto origin = fmt::format("{} line {}", path, number);
        if (equals == std::string_view::npos) {
            // The first word alone: what follows may be a secret.
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: \"{}\" is not NAME=value", origin,
                                    text.substr(0, text.find_first_of(" \t:"))));
        }
        const std::string name{trimmed(text.substr(0, equals))};
        if (std::ranges::none_of(specs, [&](const auto& spec) { return is_name_of(spec, name); })) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: there is no setting \"{}\"", origin, name));
        }
        lines.insert_or_assign(name,
                               FileLine{std::string{trimmed(text.substr(equals + 1))}, origin});
    }
    return lines;
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* const value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    };
}

std::string file_setting_of(std::string_view name) {
    return std::string{name} + "_FILE";
}

std::string flag_of(std::string_view name) {
    std::string flag{name};
    std::ranges::transform(flag, flag.begin(), [](unsigned char c) {
        return c == '_' ? '-' : static_cast<char>(std::tolower(c));
    });
    return flag;
}

Result<Settings> Settings::load(std::span<const SettingSpec> specs,
                                const std::map<std::string, std::string>& flags,
                                const Environment& environment,
                                const std::optional<std::string>& file) {
    std::map<std::string, FileLine> lines;
    if (file) {
        auto read = read_file(specs, *file);
        if (!read) {
            return tl::unexpected{std::move(read.error())};
        }
        lines = std::move(*read);
    }
    Settings settings;
    for (const auto& spec : specs) {
        Value value{spec.default_value, kDefault, Source::kDefault};
        std::vector<std::string> names{spec.name};
        names.insert(names.end(), spec.aliases.begin(), spec.aliases.end());
        // From the weakest place to the strongest; within one, the first name that is set wins.
        const auto overlay = [&](auto&& look_up) -> Result<void> {
            for (const auto& name : names) {
                if (std::optional<Value> found = look_up(name); found && !found->text.empty()) {
                    value = std::move(*found);
                    value.said_as = name;
                    return {};
                }
            }
            for (const auto& name : spec.is_secret ? names : std::vector<std::string>{}) {
                const auto setting = file_setting_of(name);
                if (std::optional<Value> path = look_up(setting); path && !path->text.empty()) {
                    auto secret = read_secret(setting, path->text, path->origin);
                    if (!secret) {
                        return tl::unexpected{std::move(secret).error()};
                    }
                    value = {std::move(*secret), path->text, path->source};
                    return {};
                }
            }
            return {};
        };
        auto overlaid = overlay([&](const auto& name) -> std::optional<Value> {
            const auto line = lines.find(name);
            return line == lines.end() ? std::nullopt
                                       : std::optional{Value{line->second.value,
                                                             line->second.origin, Source::kFile}};
        });
        if (overlaid) {
            overlaid = overlay([&](const auto& name) -> std::optional<Value> {
                auto text = environment(name);
                return text ? std::optional{Value{std::move(*text), "environment",
                                                  Source::kEnvironment}}
                            : std::nullopt;
            });
        }
        if (!overlaid) {
            return tl::unexpected{std::move(overlaid).error()};
        }
        if (const auto flag = flags.find(spec.name); flag != flags.end() && !flag->second.empty()) {
            value = {flag->second, "--" + (spec.flag.empty() ? flag_of(spec.name) : spec.flag),
                     Source::kCommandLine};
        }
        if (value.said_as.empty()) {
            value.said_as = spec.name;
        }
        value.is_secret = spec.is_secret;
        settings.values_.emplace(spec.name, std::move(value));
    }
    return settings;
}

const std::string& Settings::text(const std::string& name) const {
    const auto found = values_.find(name);
    LIVEDUB_CHECK(found != values_.end());
    return found->second.text;
}

Settings::Source Settings::source(const std::string& name) const {
    return values_.at(name).source;
}

bool Settings::is_set(const std::string& name) const {
    return source(name) != Source::kDefault;
}

Error Settings::refuse(const std::string& name, std::string_view allowed) const {
    const auto& value = values_.at(name);
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("{} = \"{}\" ({}) is not usable; allowed: {}", value.said_as,
                    value.is_secret ? "***" : without_password(value.text), value.origin, allowed)};
}

Result<std::string> Settings::choice(const std::string& name,
                                     std::span<const std::string_view> allowed) const {
    if (std::ranges::find(allowed, text(name)) == allowed.end()) {
        return tl::unexpected{refuse(name, fmt::format("{}", fmt::join(allowed, ", ")))};
    }
    return text(name);
}

Result<int> Settings::integer(const std::string& name, int least, int most) const {
    const auto& value = text(name);
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < least ||
        number > most) {
        return tl::unexpected{
            refuse(name, fmt::format("a whole number from {} to {}", least, most))};
    }
    return number;
}

Result<bool> Settings::boolean(const std::string& name) const {
    std::string lower = text(name);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto* yes : {"true", "1", "yes", "on"}) {
        if (lower == yes) {
            return true;
        }
    }
    for (const auto* no : {"false", "0", "no", "off"}) {
        if (lower == no) {
            return false;
        }
    }
    return tl::unexpected{refuse(name, "true, false, 1, 0, yes, no, on, off")};
}

Result<milliseconds> Settings::duration(const std::string& name, milliseconds unit,
                                        milliseconds least, milliseconds most) const {
    const auto parsed = parse_duration(text(name), unit);
    if (!parsed || *parsed < least || *parsed > most) {
        const auto seconds = [](milliseconds ms) {
            return fmt::format("{:g}s", std::chrono::duration<double>{ms}.count());
        };
        return tl::unexpected{
            refuse(name, fmt::format("a time like 500ms, 6s or 1m30s, from {} to {}",
                                     seconds(least), seconds(most)))};
    }
    return *parsed;
}

std::optional<milliseconds> parse_duration(std::string_view text, milliseconds unit) {
    struct Unit {
        std::string_view name;
        double ms;
    };
    constexpr std::array kUnits{Unit{"ms", 1}, Unit{"s", 1'000}, Unit{"m", 60'000},
                                Unit{"h", 3'600'000}};
    constexpr double kMostMs = 1e12;  // far beyond any use, well within the type

    double total_ms = 0;
    bool has_unit = false;
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        double number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || !(number >= 0)) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto name = text.substr(0, text.find_first_of("0123456789."));
        if (name.empty() && text.empty() && !has_unit) {
            total_ms = number * static_cast<double>(unit.count());
            break;
        }
        const auto* const found = std::ranges::find(kUnits, name, &Unit::name);
        if (found == kUnits.end()) {
            return std::nullopt;
        }
        total_ms += number * found->ms;
        has_unit = true;
        text.remove_prefix(name.size());
    }
    if (!(total_ms <= kMostMs)) {
        return std::nullopt;
    }
    return milliseconds{std::llround(total_ms)};
}

}  // namespace livedub::config
