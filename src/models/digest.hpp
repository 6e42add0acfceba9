// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The checksum of a file.

#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.hpp"

namespace livedub::models {

/// SHA-256 as 64 hexadecimal digits in lower case. Reads the whole file, a piece at a time; returns
/// soon after `stop` fires. Any thread.
///
/// Errors: kUnavailable (cannot be read), kCancelled.
[[nodiscard]] Result<std::string> sha256_of(const std::filesystem::path& file,
                                            const std::stop_token& stop = {});

}  // namespace livedub::models
