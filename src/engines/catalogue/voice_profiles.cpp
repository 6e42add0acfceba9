// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/voice_profiles.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "engines/catalogue/inventory.hpp"
#include "files/json_excerpt.hpp"
#include "files/whole_file.hpp"

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
constexpr const char* kDefaults = "default_voice_per_language";

tl::unexpected<Error> refused(std::string_view what, const json& value, std::string_view allowed) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("voice profiles: {} is {} (allowed: {})",
                                                         what, files::excerpt(value), allowed));
}

std::string primary(std::string_view tag) {
    std::string lower{tag.substr(0, tag.find_first_of("-_"))};
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

/// Reads one profile; keeps the first error.
class ProfileReader {
  public:
    ProfileReader(std::string_view name, const json& object) : name_{name}, object_{object} {}

    void text(const char* key, std::string& into) {
        const auto found = object_.find(key);
        if (found == object_.end() || found->is_null()) {
            return;
        }
        if (found->is_string()) {
            into = found->get<std::string>();
        } else {
            refuse(key, *found, "a text");
        }
    }

    /// A name that TTS_PROVIDER may have, whether this build has it or not.
    void provider(std::string& into) {
        text("provider", into);
        std::vector<std::string> names;
        for (const auto& engine : known_engines()) {
            if (engine.stage == EngineStage::kSpeak) {
                names.push_back(engine.name);
            }
        }
        if (!into.empty() && std::ranges::find(names, into) == names.end()) {
            refuse("provider", into, fmt::format("{}", fmt::join(names, ", ")));
        }
    }

    void number(const char* key, double least, double most, double& into) {
        const auto found = object_.find(key);
        if (found == object_.end() || found->is_null()) {
            return;
        }
        const auto value = found->is_number() ? found->get<double>() : least - 1.0;
        if (value >= least && value <= most) {
            into = value;
        } else {
            refuse(key, *found, fmt::format("a number from {} to {}", least, most));
        }
    }

    [[nodiscard]] std::optional<Error>& error() { return error_; }

  private:
    void refuse(const char* key, const json& value, std::string_view allowed) {
        if (!error_) {
            error_ = refused(fmt::format("{} of \"{}\"", key, name_), value, allowed).value();
        }
    }

    const std::string name_;
    const json& object_;
    std::optional<Error> error_;
};

Result<VoiceProfile> read_profile(std::string_view name, const json& object) {
    constexpr double kSlowest = 0.5;
    constexpr double kFastest = 2.0;
    VoiceProfile profile;
    ProfileReader reader{name, object};
    reader.text("language", profile.language);
    reader.text("gender", profile.gender);
    reader.text("voice_id", profile.voice_id);
    reader.provider(profile.provider);
    reader.text("model", profile.model);
    reader.text("speaker", profile.speaker);
    reader.number("speed", kSlowest, kFastest, profile.speed);
    if (reader.error()) {
        return tl::unexpected{std::move(*reader.error())};
    }
    return profile;
}

}  // namespace

bool is_shipped_voice(std::string_view name) {
    return std::ranges::find(kShipped, name, &Shipped::name) != kShipped.end();
}

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
        return refused("\"voices\"", voices, "an object with the profiles");
    }
    const auto defaults = root.find(kDefaults);
    if (nested == root.end() && defaults != root.end()) {
        return refused(fmt::format("\"{}\"", kDefaults), *defaults,
                       "nothing, where the profiles are not in \"voices\"");
    }
    VoiceProfiles profiles;
    for (const auto& [name, profile] : voices.items()) {
        if (!profile.is_object()) {
            return refused(fmt::format("\"{}\"", name), profile, "an object");
        }
        auto read = read_profile(name, profile);
        if (!read) {
            return tl::unexpected{std::move(read).error()};
        }
        profiles.profiles_.insert_or_assign(name, std::move(*read));
    }
    if (defaults != root.end() && !defaults->is_null()) {
        if (!defaults->is_object()) {
            return refused(fmt::format("\"{}\"", kDefaults), *defaults,
                           "an object of languages and names of profiles");
        }
        for (const auto& [language, name] : defaults->items()) {
            const auto found =
                profiles.profiles_.find(name.is_string() ? name.get<std::string>() : "");
            if (found == profiles.profiles_.end()) {
                return refused(fmt::format("the default voice for \"{}\"", language), name,
                               "the name of a profile");
            }
            const auto& own = found->second.language;
            if (!own.empty() && primary(own) != primary(language)) {
                return refused(
                    fmt::format("the default voice for \"{}\"", language), name,
                    fmt::format("a profile of that language; this one is of \"{}\"", own));
            }
            profiles.default_of_language_.insert_or_assign(primary(language),
                                                           name.get<std::string>());
        }
    }
    return profiles;
}

Result<VoiceProfiles> VoiceProfiles::load(const std::string& path) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
    std::error_code error;
    if (std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found) {
        return VoiceProfiles{};
    }
    const auto text = files::read_whole_file(path, kMostBytes);
    if (!text) {
        return fail(ErrorCode::kInvalidArgument, text.error().message());
    }
    auto profiles = parse(*text);
    if (!profiles) {
        return tl::unexpected{std::move(profiles).error().with_context(path)};
    }
    return profiles;
}

bool VoiceProfiles::contains(std::string_view name) const {
    return profiles_.contains(name);
}

std::optional<ChosenProfile> VoiceProfiles::choose(std::string_view name,
                                                   std::string_view language) const {
    auto found = profiles_.find(name);
    if (found == profiles_.end()) {
        return std::nullopt;
    }
    const auto target = primary(language);
    const auto is_of_another = [&](const VoiceProfile& profile) {
        return !profile.language.empty() && primary(profile.language) != target;
    };
    const bool is_foreign = is_of_another(found->second);
    if (is_foreign || name == kDefault) {
        const auto other = default_of_language_.find(target);
        found = profiles_.find(other == default_of_language_.end() ? kDefault : other->second);
    }
    // A file may give "default" itself a language; elsewhere it means what it does without a file.
    return ChosenProfile{.name = found->first,
                         .profile = is_of_another(found->second)
                                        ? VoiceProfile{.language = {}, .voice_id = kDefault}
                                        : found->second,
                         .is_substitute = is_foreign};
}

std::optional<std::string> VoiceProfiles::resolve(const std::string& name,
                                                  std::string_view language) const {
    const auto chosen = choose(name, language);
    if (!chosen || is_shipped_voice(chosen->name)) {
        return chosen ? std::optional{chosen->name} : std::nullopt;
    }
    const auto& profile = chosen->profile;
    const auto target = primary(language);
    if (is_shipped_voice(profile.voice_id)) {
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
