// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// All results of one run, or none: written under names of their own beside the targets, renamed at
// the end, removed if that end is not reached.

#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace livedub::file_dub {

class OutputFiles {
  public:
    OutputFiles() = default;
    ~OutputFiles();
    OutputFiles(const OutputFiles&) = delete;
    OutputFiles& operator=(const OutputFiles&) = delete;

    /// Makes an empty file beside `target`, of the same extension, and gives its name.
    ///
    /// Errors: kInvalidArgument with the system's reason when it cannot be made.
    [[nodiscard]] Result<std::filesystem::path> add(const std::filesystem::path& target);

    /// Writes a whole file that was added.
    ///
    /// Errors: kUnavailable.
    [[nodiscard]] static Result<void> write(const std::filesystem::path& file,
                                            const std::string& text);

    /// Gives every file its name, the first added last.
    ///
    /// Errors: kUnavailable; what was not renamed is removed.
    [[nodiscard]] Result<void> publish();

  private:
    std::vector<std::pair<std::filesystem::path, std::filesystem::path>> files_;  // temp, target
};

}  // namespace livedub::file_dub
