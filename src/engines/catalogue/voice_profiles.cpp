// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/voice_profiles.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace livedub::engines {
namespace {

using nlohmann::json;

struct Shipped {
    std::string_view name;
    std::string_view language;
    std::string_view gender;
};

constexpr std::array kShipped = std::to_array<Shipped>({
    {"default", "", ""},
    {"english_default", "en", ""},
    {"chinese_female_1", "zh", "female"},
    {"chinese_male_1", "zh", "male"},
    {"spanish_male_1", "es", "male"},
    {"spanish_female_1", "es", "female"},
    {"french_male_1", "fr", "male"},
    {"french_female_1", "fr", "female"},
    {"german_male_1", "de", "male"},
    {"german_female_1", "de", "female"},
});

constexpr const char* kDefault = "default";

std::string primary(std::string_view tag) {
    std::string lower{tag.substr(0, tag.find_first_of("-_"))};
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

bool is_shipped(std::string_view name) {
    return std::ranges::find(kShipped, name, &Shipped::name) != kShipped.end();
}

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

VoiceProfiles::VoiceProfiles() {
    for (const auto& shipped : kShipped) {
        profiles_.emplace(shipped.name, VoiceProfile{.language = std::string{shipped.language},
                                                     .gender = std::string{shipped.gender},
                                                     .voice_id = std::string{shipped.name}});
    }
}

Result<VoiceProfiles> VoiceProfiles::parse(std::string_view text) {
    const auto root = json::parse(text, nullptr, false);
    if (!root.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "voice profiles: not a JSON object");
    }
    const auto nested = root.find("voices");
    const auto& voices = nested == root.end() ? root : *nested;
    if (!voices.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "voice profiles: \"voices\" is no object");
    }
    VoiceProfiles profiles;
    for (const auto& [name, profile] : voices.items()) {
        if (!profile.is_object()) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("voice profiles: \"{}\" is no object", name));
        }
        profiles.profiles_.insert_or_assign(name,
                                            VoiceProfile{.language = text_of(profile, "language"),
                                                         .gender = text_of(profile, "gender"),
                                                         .voice_id = text_of(profile, "voice_id")});
    }
    if (const auto defaults = root.find("default_voice_per_language");
        nested != root.end() && defaults != root.end() && defaults->is_object()) {
        for (const auto& [language, name] : defaults->items()) {
            if (!name.is_string() || !profiles.profiles_.contains(name.get<std::string>())) {
                return fail(
                    ErrorCode::kInvalidArgument,
                    fmt::format("voice profiles: the default voice for \"{}\" is no profile",
                                language));
            }
            profiles.default_of_language_.insert_or_assign(primary(language),
                                                           name.get<std::string>());
        }
    }
    return profiles;
}

Result<VoiceProfiles> VoiceProfiles::load(const std::string& path) {
    std::ifstream in{path};
    if (!in) {
        return VoiceProfiles{};
    }
    std::ostringstream text;
    text << in.rdbuf();
    auto profiles = parse(text.str());
    if (!profiles) {
        return tl::unexpected{std::move(profiles).error().with_context(path)};
    }
    return profiles;
}

std::optional<std::string> VoiceProfiles::resolve(const std::string& name,
                                                  std::string_view language) const {
    auto found = profiles_.find(name);
    if (found == profiles_.end()) {
        return std::nullopt;
    }
    const auto target = primary(language);
    if (name == kDefault) {
        if (const auto other = default_of_language_.find(target);
            other != default_of_language_.end()) {
            found = profiles_.find(other->second);
        }
    }
    const auto& profile = found->second;
    if (is_shipped(found->first)) {
        return found->first;
    }
    if (!profile.language.empty() && primary(profile.language) != target) {
        return kDefault;
    }
    if (is_shipped(profile.voice_id)) {
        return profile.voice_id;
    }
    for (const auto& shipped : kShipped) {
        if (!profile.gender.empty() && shipped.gender == profile.gender &&
            shipped.language == target) {
            return std::string{shipped.name};
        }
    }
    return kDefault;
}

}  // namespace livedub::engines
