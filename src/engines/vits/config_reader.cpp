// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/config_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dubbing/language.hpp"
#include "files/json_excerpt.hpp"

namespace livedub::vits {

using files::excerpt;

const Json& ConfigReader::at(const std::string& path) const {
    static const Json none;
    const Json::json_pointer pointer{path};
    return json_.contains(pointer) ? json_.at(pointer) : none;
}

void ConfigReader::text(const std::string& path, std::string& into) {
    const auto& value = at(path);
    if (value.is_string()) {
        into = value.get<std::string>();
    } else if (!value.is_null()) {
        refuse(fmt::format("{} is {} (expected: a text)", path, excerpt(value)));
    }
}

void ConfigReader::truth(const std::string& path, bool& into) {
    const auto& value = at(path);
    if (value.is_boolean()) {
        into = value.get<bool>();
    } else if (!value.is_null()) {
        refuse(fmt::format("{} is {} (expected: true or false)", path, excerpt(value)));
    }
}

void ConfigReader::number(const std::string& path, std::int64_t least, std::int64_t most,
                          std::int64_t& into) {
    const auto& value = at(path);
    if (value.is_number_integer() && value >= least && value <= most) {
        into = value.get<std::int64_t>();
    } else if (!value.is_null()) {
        refuse(fmt::format("{} is {} (expected: {} to {})", path, excerpt(value), least, most));
    }
}

void ConfigReader::number(const std::string& path, float least, float most, float& into) {
    const auto& value = at(path);
    if (value.is_number() && value >= least && value <= most) {
        into = value.get<float>();
    } else if (!value.is_null()) {
        refuse(fmt::format("{} is {} (expected: {} to {})", path, excerpt(value), least, most));
    }
}

void ConfigReader::refuse(std::string what) {
    if (!error_) {
        error_ = Error{ErrorCode::kInvalidArgument, std::move(what)};
    }
}

Result<VoiceConfig> ConfigReader::result(VoiceConfig config) && {
    if (error_) {
        return tl::unexpected{std::move(*error_)};
    }
    return config;
}

std::string tag_of(std::string_view language) {
    auto tag = lower_tag(language);
    std::ranges::replace(tag, '_', '-');
    return tag;
}

std::map<std::string, std::int64_t, std::less<>> names_of(const Json& json) {
    std::map<std::string, std::int64_t, std::less<>> names;
    if (json.is_object()) {
        for (const auto& [name, id] : json.items()) {
            if (id.is_number_integer() && id >= 0 && id < kMostIds) {
                names.emplace(name, id.get<std::int64_t>());
            }
        }
    }
    return names;
}

}  // namespace livedub::vits
