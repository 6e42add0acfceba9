// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The pieces of a SentencePiece model.

#pragma once

#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "engines/opus/piece_cutter.hpp"

namespace livedub::opus {

/// Errors: kUnavailable, naming the file and what is wrong with it.
[[nodiscard]] Result<std::unique_ptr<const PieceCutter>> load_spm(
    const std::filesystem::path& file);

}  // namespace livedub::opus
