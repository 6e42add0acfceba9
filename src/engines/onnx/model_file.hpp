// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether a file can be an ONNX model, before the library is given it: what was cut short or is of
// another kind is told in plain words.

#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace livedub::onnx {

/// Reads the outermost fields alone, so it takes no time for a large file.
///
/// Errors: kUnavailable, with the path: not there, or cannot be read; kInvalidArgument, with the
/// path: of another kind, cut short, or over 2 GiB.
[[nodiscard]] Result<void> check_model_file(const std::filesystem::path& file);

}  // namespace livedub::onnx
