// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether the files that are here are what they should be. Reads them whole.

#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/catalogue.hpp"

namespace livedub::models {

/// Values are printed by name: add at the end.
enum class Verdict {
    kGood = 1,       // its checksum is the catalogue's
    kUnchanged = 2,  // no checksum known: it is what was pulled
    kPlausible = 3,  // no checksum known, and nothing was written down: it looks like one
    kMissing = 4,
    kBad = 5,
};

[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// True of kMissing and kBad.
[[nodiscard]] bool is_failure(Verdict verdict) noexcept;

struct FileVerdict {
    std::string path;  // as in the catalogue
    Verdict verdict = Verdict::kMissing;
    std::string text;  // why, one line
};

/// Errors: kCancelled. Whatever is wrong with the file is a verdict.
[[nodiscard]] Result<FileVerdict> verify(const ModelFile& file,
                                         const std::filesystem::path& directory,
                                         const std::stop_token& stop = {});

}  // namespace livedub::models
