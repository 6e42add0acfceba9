// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where models are kept, and which of a catalogue's are there. Looks at names and sizes alone;
// verify.hpp reads the files.

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "models/catalogue.hpp"

namespace livedub::models {

/// Put after a file's name: while it comes, what is known of it then, and what is known of it
/// after.
inline constexpr std::string_view kPartialSuffix = ".part";
inline constexpr std::string_view kPartialRecordSuffix = ".part-from";
inline constexpr std::string_view kRecordSuffix = ".pulled";

/// Looks up an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

inline constexpr std::string_view kSharedDirectory = "/models";

/// MODEL_CACHE_DIR, else STS_MODEL_CACHE_DIR, else `shared` where it is a directory that this user
/// may write to, else livedub/models in XDG_DATA_HOME (~/.local/share). It need not be there. Data
/// and not cache, since nothing fetches a model again by itself.
///
/// Errors: kInvalidArgument when none of these is set and there is no home directory.
[[nodiscard]] Result<std::filesystem::path> model_directory(
    const Environment& environment, const std::filesystem::path& shared = kSharedDirectory);

/// Values are printed by name: add at the end.
enum class Presence {
    kAbsent = 1,
    kPartly = 2,     // some of its files, or a part of one
    kPresent = 3,    // all, of the right size where that is known
    kWrongSize = 4,  // all, and one is not what it should be
};

[[nodiscard]] std::string_view to_string(Presence presence) noexcept;

[[nodiscard]] Presence presence_of(const ModelFile& file, const std::filesystem::path& directory);
[[nodiscard]] Presence presence_of(const Model& model, const std::filesystem::path& directory);

/// What an engine is told: the model's directory where it has one, else its first file.
[[nodiscard]] std::filesystem::path path_of(const Model& model,
                                            const std::filesystem::path& directory);

/// `path` with `suffix` after its name.
[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& path,
                                           std::string_view suffix);

}  // namespace livedub::models
