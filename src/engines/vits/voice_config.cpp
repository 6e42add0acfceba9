// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/voice_config.hpp"

#include <fmt/format.h>

#include "engines/vits/voice_folder.hpp"
#include "files/whole_file.hpp"

namespace livedub::vits {

namespace fs = std::filesystem;

Result<VoiceConfig> load_voice_config(const fs::path& file) {
    const auto text = files::read_whole_file(file, kMostConfigBytes);
    if (!text) {
        return tl::unexpected{text.error()};
    }
    const auto beside = [&](const char* name) {
        return files::read_whole_file(fs::path{file}.replace_filename(name), kMostConfigBytes)
            .value_or(std::string{});
    };
    auto config =
        file.filename() == kCoquiConfig
            ? parse_coqui_config(*text, beside("speaker_ids.json"), beside("language_ids.json"))
            : parse_piper_config(*text);
    if (!config) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{}: {}", file.string(), config.error().message()));
    }
    return config;
}

}  // namespace livedub::vits
