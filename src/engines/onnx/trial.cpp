// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/trial.hpp"

#include "child/trial.hpp"

namespace livedub::onnx {
namespace {

/// Loading asks for first words, for 30 s at most; the rest is for the disk.
constexpr std::chrono::seconds kPatience{60};

}  // namespace

Result<void> try_out(const std::string& kind, const std::filesystem::path& path) {
    return child::try_out({.words = {child::find_program("livedub-onnx"), kind, path.string()}},
                          path.string(), kPatience);
}

}  // namespace livedub::onnx
