// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

Result<std::unique_ptr<speech::Synthesizer>> make_espeak() {
    return fail(ErrorCode::kInvalidArgument,
                "TTS_PROVIDER \"espeak\" is not in this build; it needs the package "
                "libespeak-ng-dev when building");
}

std::vector<std::string> espeak_languages() {
    return {};
}

std::vector<std::string> espeak_profiles() {
    return {};
}

}  // namespace livedub::engines
