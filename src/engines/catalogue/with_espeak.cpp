// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"
#include "engines/espeak/espeak_synthesizer.hpp"
#include "engines/espeak/voice_choice.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::Synthesizer>> make_espeak() {
    return espeak::make_espeak_synthesizer();
}

std::vector<std::string> espeak_languages() {
    return espeak::spoken_languages().value_or(std::vector<std::string>{});
}

std::vector<std::string> espeak_profiles() {
    const auto names = espeak::profile_names();
    return {names.begin(), names.end()};
}

}  // namespace livedub::engines
