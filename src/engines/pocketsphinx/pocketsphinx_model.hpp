// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognition with pocketsphinx and its packaged English model: no download, a tenth of real time.
// Good for clear speech, of little use in a stadium.

#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "engines/pocketsphinx/heard_words.hpp"
#include "speech/transcriber.hpp"

namespace livedub::pocketsphinx {

struct PocketsphinxOptions {
    std::vector<std::filesystem::path> model_directories = default_model_directories();
    HearingLimits limits{};
    int max_sessions = 16;  // each has a decoder of its own: 95 MiB
};

/// Loads the model, so that a broken one is known before air; the first session takes over what was
/// loaded, each further one loads its own (0.3 s): the library cannot share weights.
///
/// Errors: kUnavailable, naming the file and the package that are missing.
[[nodiscard]] Result<std::unique_ptr<speech::TranscriptionModel>> load_pocketsphinx(
    const PocketsphinxOptions& options = {});

}  // namespace livedub::pocketsphinx
