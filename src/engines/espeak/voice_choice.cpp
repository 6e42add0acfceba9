// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/espeak/voice_choice.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace livedub::espeak {

namespace {

constexpr std::array kProfiles = std::to_array<VoiceProfile>({
    {"default", "", ""},
    {"english_default", "en", ""},
    {"chinese_female_1", "zh", "f2"},
    {"chinese_male_1", "zh", "m3"},
    {"spanish_male_1", "es", "m3"},
    {"spanish_female_1", "es", "f2"},
    {"french_male_1", "fr", "m3"},
    {"french_female_1", "fr", "f2"},
    {"german_male_1", "de", "m3"},
    {"german_female_1", "de", "f2"},
});

struct Alias {
    std::string_view tag;
    std::string_view espeak;
};

// Where BCP 47 and espeak-ng name a language differently.
constexpr std::array kAliases = std::to_array<Alias>({
    {"zh", "cmn"},
    {"no", "nb"},
    {"iw", "he"},
    {"in", "id"},
    {"tl", "fil"},
    {"zh-hk", "yue"},
});

constexpr std::array<std::string_view, 19> kLatinAmerica{"ar", "bo", "cl", "co", "cr", "cu", "do",
                                                         "ec", "gt", "hn", "mx", "ni", "pa", "pe",
                                                         "pr", "py", "sv", "uy", "ve"};

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out) {
        c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string canonical(std::string tag) {
    const auto* alias = std::find_if(kAliases.begin(), kAliases.end(),
                                     [&tag](const Alias& entry) { return entry.tag == tag; });
    return alias == kAliases.end() ? std::move(tag) : std::string{alias->espeak};
}

/// The tags to try, best first.
std::vector<std::string> candidates(std::string_view language) {
    const auto tag = lower(language);
    const auto primary = primary_subtag(language);
    std::vector<std::string> out{canonical(tag)};
    const auto region = tag.size() > primary.size() ? tag.substr(primary.size() + 1) : "";
    if (primary == "es" && std::ranges::find(kLatinAmerica, region) != kLatinAmerica.end()) {
        out.emplace_back("es-419");
    }
    out.push_back(canonical(primary));
    return out;
}

}  // namespace

std::string primary_subtag(std::string_view language) {
    return lower(language.substr(0, language.find_first_of("-_")));
}

std::optional<InstalledVoice> choose_voice(std::span<const InstalledVoice> installed,
                                           std::string_view language) {
    const auto best = [installed](const auto& matches) -> std::optional<InstalledVoice> {
        std::optional<InstalledVoice> found;
        for (const auto& voice : installed) {
            if (matches(voice.language) && (!found || voice.priority < found->priority)) {
                found = voice;
            }
        }
        return found;
    };
    const auto tags = candidates(language);
    for (const auto& tag : tags) {
        if (auto voice = best([&tag](const std::string& spoken) { return spoken == tag; })) {
            return voice;
        }
    }
    const auto prefix = tags.back() + "-";
    return best([&prefix](const std::string& spoken) { return spoken.starts_with(prefix); });
}

const VoiceProfile* find_profile(std::string_view name) {
    const auto* found =
        std::find_if(kProfiles.begin(), kProfiles.end(),
                     [name](const VoiceProfile& profile) { return profile.name == name; });
    return found == kProfiles.end() ? nullptr : found;
}

std::vector<std::string_view> profile_names() {
    std::vector<std::string_view> names;
    names.reserve(kProfiles.size());
    for (const auto& profile : kProfiles) {
        names.push_back(profile.name);
    }
    return names;
}

}  // namespace livedub::espeak
