// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// One stream's way through the speech stages, one fragment at a time: hear whether somebody speaks,
// recognise, translate, speak, fit. Plain calls in order; which thread makes them, and when they
// have to stop, is the pipeline's affair.

#pragma once

#include <deque>
#include <memory>
#include <stop_token>
#include <string_view>

#include "dubbing/dubber.hpp"
#include "speech/fitting.hpp"
#include "speech/loudness.hpp"
#include "speech/synthesizer.hpp"
#include "speech/transcriber.hpp"
#include "speech/translator.hpp"
#include "speech/voice_activity.hpp"

namespace livedub::speech {

enum class Stage {
    kRecognise = 1,
    kTranslate = 2,
    kSynthesise = 3,
};

/// "recognise", "translate", "synthesise": as in details and timings.
[[nodiscard]] std::string_view to_string(Stage stage) noexcept;

/// The same stage in the words of the outside.
[[nodiscard]] FailureStage failure_stage(Stage stage) noexcept;

/// What a stage's error is called outside (external contract, 1.6 and 7.2).
[[nodiscard]] DubFailure make_failure(Stage stage, const Error& error);

/// Hears how far a fragment is. Called on the thread that dubs.
class StageObserver {
  public:
    StageObserver() = default;
    virtual ~StageObserver() = default;
    StageObserver(const StageObserver&) = delete;
    StageObserver& operator=(const StageObserver&) = delete;

    virtual void on_stage_begin(Stage stage) = 0;

    /// @param so_far What would be said if the fragment ended here: words and timings.
    virtual void on_stage_end(const DubOutcome& so_far) = 0;
};

/// The engines of one stream; they outlive it. A null translator means that source and target are
/// one language.
struct StreamEngines {
    TranscriptionSession& recogniser;
    Translator* translator;
    Synthesizer& synthesizer;
};

/// One call at a time, from any thread.
class StreamDubbing {
  public:
    StreamDubbing(StreamEngines engines, DubOptions options, FitLimits limits);

    /// Does all stages up to `last`: after kTranslate there are words and no dub, which then is
    /// kDeadline. Never throws and never fails: what went wrong is in the outcome, as kFailed with
    /// the stage and its reason in `detail` and in `failure` (also when `stop` ended it; the caller
    /// knows why). Leaves `total` to the caller.
    [[nodiscard]] DubOutcome dub(const Fragment& fragment, Stage last, StageObserver& observer,
                                 const std::stop_token& stop);

  private:
    struct Work;

    [[nodiscard]] Result<void> hear(Work& work);
    [[nodiscard]] Result<void> recognise(Work& work);
    [[nodiscard]] Result<void> translate(Work& work);
    [[nodiscard]] Result<void> synthesise(Work& work);

    // Given at construction; outlive this.
    StreamEngines engines_;

    // Constant after construction.
    const DubOptions options_;
    const FitLimits limits_;

    // What is remembered from fragment to fragment.
    VoiceActivityDetector voice_activity_;
    LoudnessMatcher loudness_;
    std::deque<SaidBefore> said_;  // the last sentences, a few
};

}  // namespace livedub::speech
