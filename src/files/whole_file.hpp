// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Files that are there whole or not at all. Blocks as long as the disk does.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace livedub::files {

/// What a file is called until it is whole: its name and this.
inline constexpr std::string_view kUnfinished = ".part";

/// Replaces what was there, and makes the directory. Not flushed to the medium: a crash of the
/// machine may cost it.
///
/// Errors: kUnavailable, naming the file; nothing is left behind then.
[[nodiscard]] Result<void> write_whole_file(const std::filesystem::path& path,
                                            std::string_view bytes);

/// What is in a file of at most `most` bytes. Pipes and devices are no files here: whoever reads
/// those may wait for ever.
///
/// Errors: kUnavailable, naming the file: it is not there, is no file, has more, or cannot be read.
[[nodiscard]] Result<std::string> read_whole_file(const std::filesystem::path& path,
                                                  std::size_t most);

}  // namespace livedub::files
