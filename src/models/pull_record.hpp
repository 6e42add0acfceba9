// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is written down beside a file: where it came from, and what it was when it was whole. Of a
// file that the catalogue has no checksum for, this is what it can be held against later.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace livedub::models {

struct PullRecord {
    std::string url;          // without credentials and query
    std::string validator{};  // of the server: an entity tag or a date; empty: it gave none
    std::uint64_t bytes = 0;  // of the whole file; 0: not known yet
    std::string sha256{};     // empty until the file is whole
};

/// nullopt when there is none, or none that can be read: then nothing is known, which is no error.
[[nodiscard]] std::optional<PullRecord> read_record(const std::filesystem::path& file);

/// Errors: kUnavailable, naming the file.
[[nodiscard]] Result<void> write_record(const std::filesystem::path& file,
                                        const PullRecord& record);

}  // namespace livedub::models
