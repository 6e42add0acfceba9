// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A pair of languages out of its files.

#pragma once

#include <memory>

#include "base/result.hpp"
#include "engines/opus/model_folder.hpp"
#include "engines/opus/sentence_translator.hpp"

namespace livedub::opus {

/// Reads the files, checks that they belong together, and asks the model for its first words: what
/// is of another kind is found here and not on air. Takes as long as the disk, and a second; of a
/// model that says nothing, 30.
///
/// Errors: kUnavailable, naming the file and what is wrong with it; kExhausted (memory).
[[nodiscard]] Result<std::unique_ptr<const PairModel>> load_pair(const ModelFiles& files);

}  // namespace livedub::opus
