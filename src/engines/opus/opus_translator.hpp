// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Translation with the Marian models of OPUS-MT, offline: neural, a model for each pair of
// languages.

#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "engines/opus/model_folder.hpp"
#include "engines/opus/sentence_translator.hpp"
#include "speech/translator.hpp"

namespace livedub::opus {

struct OpusOptions {
    std::vector<std::filesystem::path> directories{};  // of models, first choice first
    std::chrono::milliseconds timeout{5000};           // for one call of translate: kTimeout after
};

/// Errors: kUnavailable, naming the file and what is wrong with it; kExhausted.
using LoadPair = std::function<Result<std::unique_ptr<const PairModel>>(const ModelFiles&)>;

/// Loads every pair that is in the directories: seconds, and the memory of their files. One that
/// cannot be loaded is said in the log, and prepare() then gives its error.
///
/// prepare() gives kInvalidArgument for a pair that is not there, with what would bring it; regions
/// ("es-MX") do not count.
///
/// Errors: kUnavailable when there is no pair, or none that can be loaded.
[[nodiscard]] Result<std::unique_ptr<speech::Translator>> make_opus_translator(
    const OpusOptions& options, const LoadPair& load);

}  // namespace livedub::opus
