// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What ASR_PROVIDER=auto stands for on this machine: whisper where it is in the build, has a model
// and is fast enough here, else pocketsphinx; and why.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "engines/whisper/whisper_model.hpp"
#include "speech/transcriber.hpp"

namespace livedub::engines {

struct ChosenRecogniser {
    std::string engine;  // as the settings call it
    std::string why;     // one line
    std::unique_ptr<speech::TranscriptionModel> model;
};

/// Given by whoever has engines; tests have others.
struct RecogniserFactories {
    std::function<Result<std::unique_ptr<whisper::WhisperModel>>(const whisper::WhisperOptions&)>
        whisper;
    std::function<Result<std::unique_ptr<speech::TranscriptionModel>>()> pocketsphinx;
};

/// The share of real time that recognition may take for one stream alone: the rest is for the other
/// stages, for other streams, and for fragments that need a second try.
inline constexpr double kAffordableShare = 0.5;

/// Errors: pocketsphinx's, with why it was not whisper.
[[nodiscard]] Result<ChosenRecogniser> choose_recogniser(const whisper::WhisperOptions& options,
                                                         const RecogniserFactories& factories);

}  // namespace livedub::engines
