// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What `livedub models list` says, for people and for programs.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "models/catalogue.hpp"

namespace livedub::models {

/// "4.7 KiB", "141.1 MiB", "2.9 GiB"; bytes below one KiB.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// One line for each model: name, kind, language, size, licence, whether it is here.
[[nodiscard]] std::string to_table(const Catalogue& catalogue,
                                   const std::filesystem::path& directory);

/// One object. Keys are added, never renamed or removed; what is not known is null.
[[nodiscard]] std::string to_json(const Catalogue& catalogue,
                                  const std::filesystem::path& directory);

}  // namespace livedub::models
