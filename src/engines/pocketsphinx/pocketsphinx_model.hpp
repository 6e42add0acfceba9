// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognition with pocketsphinx and its packaged English model: no download, a tenth of real time.
// Good for clear speech, of little use in a stadium.

#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "engines/pocketsphinx/heard_words.hpp"
#include "speech/transcriber.hpp"

namespace livedub::pocketsphinx {

struct PocketsphinxOptions {
    std::vector<std::filesystem::path> model_directories = default_model_directories();
    HearingLimits limits{};
    /// Loaded at most, 95 MiB each: as many fragments are recognised at a time, of any number of
    /// sessions.
    int most_decoders = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

/// Loads the model, so that a broken one is known before air. Opening a session costs nothing; a
/// further decoder is loaded (0.3 s) when a fragment finds all of them busy.
///
/// Errors: kUnavailable, naming the file and the package that are missing.
[[nodiscard]] Result<std::unique_ptr<speech::TranscriptionModel>> load_pocketsphinx(
    const PocketsphinxOptions& options = {});

}  // namespace livedub::pocketsphinx
