// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Settings by name, from four places: command line over environment over file over default. Each
// value remembers where it came from, so an error can say what to change.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace livedub::config {

/// One setting: the name is that of the environment variable and of the line in a file. Its flag is
/// the name in lower case with dashes (WORKER_TARGET_LANGUAGE -> --worker-target-language).
struct SettingSpec {
    std::string name;
    std::string default_value;
    std::string help;
    std::string flag{};                  // a shorter second flag: "to"
    std::vector<std::string> aliases{};  // older names; the first one set wins
    /// Never shown, not even when it is not usable; and without a flag, since whoever may list
    /// processes sees their flags. NAME_FILE names a file that holds it.
    bool is_secret = false;
    bool has_keys = false;  // in its value or the file that it names; shown, but for passwords
};

/// "OPENAI_API_KEY" -> "OPENAI_API_KEY_FILE": what names the file that holds a secret.
[[nodiscard]] std::string file_setting_of(std::string_view name);

/// Looks up an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// The process's own.
[[nodiscard]] Environment process_environment();

class Settings {
  public:
    /// @param flags What the command line gave, by setting name.
    /// @param file  Lines NAME=value; blank lines and lines that begin with # are skipped.
    ///
    /// An empty value counts as not set, wherever it stands.
    ///
    /// Of a secret and its NAME_FILE in the same place the secret itself counts.
    ///
    /// Errors: kInvalidArgument, naming file and line: unreadable file, a line without '=', an
    /// unknown name; or naming the setting, when the file of a secret holds none.
    [[nodiscard]] static Result<Settings> load(std::span<const SettingSpec> specs,
                                               const std::map<std::string, std::string>& flags,
                                               const Environment& environment,
                                               const std::optional<std::string>& file);

    [[nodiscard]] const std::string& text(const std::string& name) const;

    enum class Source {
        kDefault = 1,
        kFile = 2,
        kEnvironment = 3,
        kCommandLine = 4,  // the strongest
    };
    /// Where its value is from; of two settings that say the same thing, the stronger one counts.
    [[nodiscard]] Source source(const std::string& name) const;

    /// False: its value is the default.
    [[nodiscard]] bool is_set(const std::string& name) const;

    // Typed values. Errors: kInvalidArgument, naming the setting, where it was set, the value and
    // what is allowed.

    [[nodiscard]] Result<std::string> choice(const std::string& name,
                                             std::span<const std::string_view> allowed) const;
    [[nodiscard]] Result<int> integer(const std::string& name, int least, int most) const;
    [[nodiscard]] Result<bool> boolean(const std::string& name) const;

    /// "500ms", "6s", "1m30s"; a bare number counts in `unit`.
    [[nodiscard]] Result<std::chrono::milliseconds> duration(const std::string& name,
                                                             std::chrono::milliseconds unit,
                                                             std::chrono::milliseconds least,
                                                             std::chrono::milliseconds most) const;

    /// The error of a value that is of the right type and still not usable. It names the setting
    /// as whoever set it did, be it by an older name.
    [[nodiscard]] Error refuse(const std::string& name, std::string_view allowed) const;

  private:
    struct Value {
        std::string text;
        std::string origin;  // "--to", "environment", "livedub.conf line 3", "default"
        Source source = Source::kDefault;
        std::string said_as{};  // the name that set it: the setting's own, or an older one
        bool is_secret = false;
    };

    std::map<std::string, Value> values_;
};

/// The flag of a setting's name: "OUTPUT_DELAY" -> "output-delay".
[[nodiscard]] std::string flag_of(std::string_view name);

/// Parses "500ms", "6s", "1m30s", "2h" or a bare number of `unit`s.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(
    std::string_view text, std::chrono::milliseconds unit);

}  // namespace livedub::config
