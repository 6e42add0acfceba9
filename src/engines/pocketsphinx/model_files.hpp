// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the parts of a recognition model lie. The library ends the process on some kinds of
// missing file, so what it will open is looked at first.

#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"

namespace livedub::pocketsphinx {

struct ModelFiles {
    std::filesystem::path acoustic;  // a directory
    std::filesystem::path language;
    std::filesystem::path dictionary;
};

/// Directories that may hold the packaged English model, best first.
[[nodiscard]] std::vector<std::filesystem::path> default_model_directories();

/// The English model in the first of `directories` that exists.
///
/// Errors: kUnavailable, naming the file that is missing and the package that has it.
[[nodiscard]] Result<ModelFiles> find_english_model(
    const std::vector<std::filesystem::path>& directories);

}  // namespace livedub::pocketsphinx
