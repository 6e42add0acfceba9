// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/vits/voice_config.hpp"

#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engines/vits/voice_folder.hpp"

namespace livedub::vits {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 20U;

Result<std::string> read_text(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    std::ifstream in{file, std::ios::binary};
    if (error || !in) {
        return fail(ErrorCode::kUnavailable, "it is not there, or cannot be read");
    }
    if (size > kMostBytes) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("it has {} bytes (at most {})", size, kMostBytes));
    }
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

Result<VoiceConfig> load_voice_config(const fs::path& file) {
    auto config = read_text(file).and_then([&](const std::string& text) {
        if (file.filename() != kCoquiConfig) {
            return parse_piper_config(text);
        }
        const auto beside = [&](const char* name) {
            return read_text(fs::path{file}.replace_filename(name)).value_or(std::string{});
        };
        return parse_coqui_config(text, beside("speaker_ids.json"), beside("language_ids.json"));
    });
    if (!config) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{}: {}", file.string(), config.error().message()));
    }
    return config;
}

}  // namespace livedub::vits
