// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Which of espeak-ng's voices speaks a BCP 47 language, and what the shipped voice profiles mean.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace livedub::espeak {

/// One language that an installed voice speaks; a voice may have several.
struct InstalledVoice {
    std::string language;    // "es", "es-419", "en-gb": lower case
    std::string identifier;  // "roa/es": what espeak-ng selects it by
    int priority = 0;        // lower is a better voice for `language`
};

/// The voice for a BCP 47 tag: the very region, else the region's family (es-MX: es-419), else the
/// language, else any of its regions. nullopt when the language has no voice.
[[nodiscard]] std::optional<InstalledVoice> choose_voice(std::span<const InstalledVoice> installed,
                                                         std::string_view language);

struct VoiceProfile {
    std::string_view name;
    std::string_view language;  // primary subtag; empty: of whatever language is asked for
    std::string_view variant;   // espeak-ng's name for a timbre; empty: the voice's own
};

/// nullptr when there is no such profile.
[[nodiscard]] const VoiceProfile* find_profile(std::string_view name);

/// The names of all profiles, "default" first.
[[nodiscard]] std::vector<std::string_view> profile_names();

/// "es" of "es-MX", in lower case.
[[nodiscard]] std::string primary_subtag(std::string_view language);

}  // namespace livedub::espeak
