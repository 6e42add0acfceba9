// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A voice's configuration as JSON, read value by value; the first thing that is wrong with it is
// kept. For this room alone.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "engines/vits/voice_config.hpp"

namespace livedub::vits {

using Json = nlohmann::json;

constexpr std::int64_t kMostIds = 100'000;
constexpr int kLeastRateHz = 8'000;
constexpr int kMostRateHz = 192'000;

/// What is not there, or null, leaves the value as it is.
class ConfigReader {
  public:
    explicit ConfigReader(std::string_view text) : json_(Json::parse(text, nullptr, false)) {
        if (!json_.is_object()) {
            refuse("it is not a JSON object");
        }
    }

    /// The value at a path like "/audio/sample_rate"; null when there is none.
    [[nodiscard]] const Json& at(const std::string& path) const;

    void text(const std::string& path, std::string& into);
    void truth(const std::string& path, bool& into);
    void number(const std::string& path, std::int64_t least, std::int64_t most, std::int64_t& into);
    void number(const std::string& path, float least, float most, float& into);

    /// Keeps `what` unless something was wrong before.
    void refuse(std::string what);

    /// The configuration, or what was wrong.
    [[nodiscard]] Result<VoiceConfig> result(VoiceConfig config) &&;

  private:
    const Json json_;
    std::optional<Error> error_;
};

/// "es-mx" of "es_MX".
[[nodiscard]] std::string tag_of(std::string_view language);

/// Names with numbers, as both have for their speakers; an empty map when it is no such thing.
[[nodiscard]] std::map<std::string, std::int64_t, std::less<>> names_of(const Json& json);

}  // namespace livedub::vits
