// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A graph can make the library end its process. What has graphs is loaded by another process first
// (docs/adr/0009).

#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace livedub::onnx {

/// Has livedub-onnx load it.
///
/// @param kind "voice" (a file) or "pair" (a folder).
///
/// Errors, each with the path: kUnavailable (what loading it says; the program ended, is not there,
/// or has not ended in a minute); kExhausted (memory).
[[nodiscard]] Result<void> try_out(const std::string& kind, const std::filesystem::path& path);

}  // namespace livedub::onnx
