// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A Marian model as Hugging Face's optimum exports it: an encoder, and a decoder that has two
// graphs in one, without a cache for the first token and with one for the others.

#pragma once

#include <memory>

#include "base/result.hpp"
#include "engines/opus/model_config.hpp"
#include "engines/opus/model_folder.hpp"
#include "engines/opus/next_tokens.hpp"

namespace livedub::opus {

/// Errors: kUnavailable, naming the file: it cannot be read, or its inputs and outputs are not
/// those of such a model.
[[nodiscard]] Result<std::unique_ptr<const TranslationWeights>> load_marian_weights(
    const ModelFiles& files, const ModelConfig& config);

}  // namespace livedub::opus
