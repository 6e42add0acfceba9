// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "models/model_directory.hpp"

#include <algorithm>
#include <system_error>

#include <unistd.h>

namespace livedub::models {
namespace {

namespace fs = std::filesystem;

/// An empty value counts as not set.
std::optional<std::string> value_of(const Environment& environment, const std::string& name) {
    auto value = environment(name);
    return value && !value->empty() ? value : std::nullopt;
}

bool is_for_this_user(const fs::path& directory) {
    std::error_code error;
    return fs::is_directory(directory, error) && ::access(directory.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

Result<fs::path> model_directory(const Environment& environment, const fs::path& shared) {
    for (const auto* name : {"MODEL_CACHE_DIR", "STS_MODEL_CACHE_DIR"}) {
        if (auto value = value_of(environment, name)) {
            return fs::path{*value};
        }
    }
    if (is_for_this_user(shared)) {
        return shared;
    }
    const auto own = fs::path{"livedub"} / "models";
    // A relative one is to be ignored, says the specification.
    if (auto data = value_of(environment, "XDG_DATA_HOME"); data && fs::path{*data}.is_absolute()) {
        return *data / own;
    }
    if (auto home = value_of(environment, "HOME")) {
        return fs::path{*home} / ".local" / "share" / own;
    }
    return fail(ErrorCode::kInvalidArgument,
                "no directory for models: set MODEL_CACHE_DIR, or use --dir");
}

std::string_view to_string(Presence presence) noexcept {
    switch (presence) {
        case Presence::kAbsent:
            return "absent";
        case Presence::kPartly:
            return "partly";
        case Presence::kPresent:
            return "present";
        case Presence::kWrongSize:
            return "wrong_size";
    }
    return "";
}

Presence presence_of(const ModelFile& file, const fs::path& directory) {
    std::error_code error;
    const auto path = directory / file.path;
    if (!fs::is_regular_file(path, error)) {
        const auto partial = fs::file_size(beside(path, kPartialSuffix), error);
        return !error && partial > 0 ? Presence::kPartly : Presence::kAbsent;
    }
    const auto bytes = fs::file_size(path, error);
    const bool is_right = !error && bytes > 0 && (!file.bytes || *file.bytes == bytes);
    return is_right ? Presence::kPresent : Presence::kWrongSize;
}

Presence presence_of(const Model& model, const fs::path& directory) {
    std::size_t absent = 0;
    auto presence = Presence::kPresent;
    for (const auto& file : model.files) {
        const auto one = presence_of(file, directory);
        absent += one == Presence::kAbsent ? 1U : 0U;
        if (one == Presence::kAbsent || one == Presence::kPartly) {
            presence = Presence::kPartly;
        } else if (one == Presence::kWrongSize && presence == Presence::kPresent) {
            presence = Presence::kWrongSize;
        }
    }
    return absent == model.files.size() ? Presence::kAbsent : presence;
}

fs::path path_of(const Model& model, const fs::path& directory) {
    return directory / (model.directory.empty() ? model.files.front().path : model.directory);
}

fs::path beside(const fs::path& path, std::string_view suffix) {
    auto other = path;
    other += suffix;
    return other;
}

}  // namespace livedub::models
