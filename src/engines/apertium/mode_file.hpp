// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A packaged Apertium pair is one line of shell, its "mode file": programs joined by pipes. It is
// read here as argument lists, so that the programs can be kept running without a shell.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engines/apertium/language_codes.hpp"

namespace livedub::apertium {

using Command = std::vector<std::string>;

/// The stages of a mode file, first to last, each told to flush at every NUL byte (-z). The shell
/// variables of a mode are filled in as `apertium` fills them: $1 becomes -g (mark unknown words),
/// $2 becomes nothing.
///
/// Errors: kInvalidArgument when the text is more than commands, words and pipes: such a mode
/// needs a shell and is not run.
[[nodiscard]] Result<std::vector<Command>> parse_mode(std::string_view text);

/// The mode files found in directories.
class ModeCatalogue {
  public:
    /// Directories that do not exist are skipped; the first one that has a mode wins.
    static ModeCatalogue discover(const std::vector<std::filesystem::path>& directories);

    /// The file for a pair: of the wished target variant where there is one, else the plain one.
    /// nullptr when the pair is not installed.
    [[nodiscard]] const std::filesystem::path* find(const LanguageCode& source,
                                                    const LanguageCode& target) const;

    /// "eng-spa", "spa-eng_US": for people.
    [[nodiscard]] std::vector<std::string> names() const;

  private:
    // Keys are "eng-spa" and "spa-eng_US", in ISO 639-3 whatever the file's own name.
    std::map<std::string, std::filesystem::path> files_;
};

}  // namespace livedub::apertium
