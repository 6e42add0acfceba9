// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>

#include "engines/catalogue/engine_factories.hpp"

namespace livedub::engines {

// NOLINTBEGIN(performance-unnecessary-value-param): with_vits.cpp keeps it
Result<std::unique_ptr<speech::Synthesizer>> make_vits(const vits::VoicePlaces& /*places*/,
                                                       vits::WishLookup /*look_up*/,
                                                       std::chrono::milliseconds /*timeout*/) {
    // NOLINTEND(performance-unnecessary-value-param)
    return fail(ErrorCode::kInvalidArgument,
                "TTS_PROVIDER \"coqui\" without COQUI_URL is not in this build; it needs the "
                "packages libonnxruntime-dev (Debian 13 and later) and libespeak-ng-dev when "
                "building");
}

bool has_local_voice(const vits::VoicePlaces& /*places*/, std::string_view /*language*/) {
    return false;
}

std::string local_voices_version() {
    return {};
}

std::string local_voices_line(const vits::VoicePlaces& /*places*/) {
    return "local voices need libonnxruntime-dev when building (Debian 13 and later)";
}

Result<void> load_voice(const std::filesystem::path& /*file*/) {
    return fail(ErrorCode::kInvalidArgument, "local voices are not in this build");
}

}  // namespace livedub::engines
