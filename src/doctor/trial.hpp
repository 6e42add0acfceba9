// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Engines tried before air, through the ports that they are used through. Each is run once to warm
// up, then three times, on six seconds of speech that the synthesizer has spoken: what a recogniser
// makes of them does not matter, how long it takes does.

#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "doctor/cost.hpp"
#include "media/pcm_chunk.hpp"
#include "speech/fitting.hpp"
#include "speech/synthesizer.hpp"
#include "speech/transcriber.hpp"
#include "speech/translator.hpp"

namespace livedub::doctor {

inline constexpr std::chrono::milliseconds kSampleLength{6'000};
inline constexpr int kRuns = 3;

/// About as long as the sample when spoken.
inline constexpr std::string_view kSampleText =
    "The home team takes the lead in the last minute, and the whole stadium is on its feet "
    "tonight.";

/// The text in a voice of `language`, cut or filled up to kSampleLength, as recognisers want it.
///
/// Errors: those of the synthesizer.
[[nodiscard]] Result<PcmChunk> speak_sample(speech::Synthesizer& synthesizer,
                                            const std::string& language);

// Errors of all: those of the engine.

[[nodiscard]] Result<Cost> try_recogniser(speech::TranscriptionSession& session,
                                          const PcmChunk& sample);
[[nodiscard]] Result<Cost> try_translator(speech::Translator& translator,
                                          const speech::LanguagePair& pair);
/// Fits the text into the sample's length, as for a dub.
[[nodiscard]] Result<Cost> try_synthesizer(speech::Synthesizer& synthesizer,
                                           const speech::SynthesisRequest& request);

/// Runs `work` once, then kRuns times with a watch in hand; ends at the first failure.
[[nodiscard]] Result<Cost> time_runs(const std::function<Result<void>()>& work);

}  // namespace livedub::doctor
