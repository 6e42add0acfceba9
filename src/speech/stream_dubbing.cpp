// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/stream_dubbing.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "speech/letter_budget.hpp"
#include "speech/phrases.hpp"
#include "speech/placement.hpp"
#include "speech/plausibility.hpp"
#include "speech/rate_limit.hpp"
#include "speech/samples.hpp"
#include "vocabulary/spoken_form.hpp"

namespace livedub::speech {
namespace {

/// Sentences that a translator is told of: enough for who "he" is, and what a thing was called.
constexpr std::size_t kRemembered = 3;

/// The recogniser's own lower limit.
constexpr std::chrono::milliseconds kShortestAudio{100};

/// Where `at` falls in interleaved samples, on a frame boundary.
std::size_t sample_at(const PcmChunk& audio, StreamDuration at) {
    const auto frame = static_cast<std::size_t>(std::chrono::duration<double>{at}.count() *
                                                audio.format().sample_rate_hz);
    return std::min(frame, audio.frames()) * static_cast<std::size_t>(audio.format().channels);
}

/// The part of `audio` from the first word to the last, at its place on the timeline.
Result<PcmChunk> cut(const PcmChunk& audio, const SpeechSpan& span) {
    const auto& samples = audio.samples();
    const auto from = static_cast<std::ptrdiff_t>(sample_at(audio, span.begin));
    const auto to = static_cast<std::ptrdiff_t>(sample_at(audio, span.end));
    return PcmChunk::make(audio.start() + span.begin, audio.format(),
                          {samples.begin() + from, samples.begin() + to});
}

std::optional<double> loudness_of_speech(const PcmChunk& audio,
                                         const std::vector<SpeechSpan>& spans) {
    std::vector<std::int16_t> spoken;
    for (const auto& span : spans) {
        const auto from = static_cast<std::ptrdiff_t>(sample_at(audio, span.begin));
        const auto to = static_cast<std::ptrdiff_t>(sample_at(audio, span.end));
        spoken.insert(spoken.end(), audio.samples().begin() + from, audio.samples().begin() + to);
    }
    return measure_loudness(spoken, audio.format());
}

StreamDuration time_in(const std::vector<SpeechSpan>& spans) {
    StreamDuration sum{};
    for (const auto& span : spans) {
        sum += span.end - span.begin;
    }
    return sum;
}

/// Measures one stage for the outcome and tells the observer.
template <typename Run>
Result<void> in_stage(Stage stage, std::chrono::milliseconds& time, StageObserver& observer,
                      DubOutcome& outcome, const Run& run) {
    observer.on_stage_begin(stage);
    const auto begin = std::chrono::steady_clock::now();
    auto result = run();
    time = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 begin);
    observer.on_stage_end(outcome);
    if (!result) {
        outcome.failure = make_failure(stage, result.error());
        return tl::unexpected{std::move(result).error().with_context(to_string(stage))};
    }
    return {};
}

std::string_view failure_code(Stage stage, const Error& error) {
    if (error.code() == ErrorCode::kTimeout) {
        return "TIMEOUT";
    }
    if (stage == Stage::kTranslate) {
        switch (error.code()) {
            case ErrorCode::kUnavailable:
                return "TRANSLATION_API_UNAVAILABLE";
            case ErrorCode::kExhausted:
                return "RATE_LIMIT_EXCEEDED";
            default:
                return "TRANSLATION_FAILED";
        }
    }
    for (const auto known : {kDurationMismatch, kRateLimit}) {
        if (error.message().starts_with(known)) {
            return known;
        }
    }
    switch (error.code()) {
        case ErrorCode::kUnavailable:
            return "MODEL_ERROR";
        case ErrorCode::kExhausted:
            return "GPU_OOM";
        default:
            return stage == Stage::kRecognise ? "ASR_FAILED" : "TTS_SYNTHESIS_FAILED";
    }
}

}  // namespace

FailureStage failure_stage(Stage stage) noexcept {
    switch (stage) {
        case Stage::kRecognise:
            return FailureStage::kAsr;
        case Stage::kTranslate:
            return FailureStage::kTranslation;
        case Stage::kSynthesise:
            return FailureStage::kTts;
    }
    return FailureStage::kPipeline;
}

DubFailure make_failure(Stage stage, const Error& error) {
    const auto code = failure_code(stage, error);
    const bool is_retryable = code == "TIMEOUT" || code == "TRANSLATION_API_UNAVAILABLE" ||
                              code == "RATE_LIMIT_EXCEEDED" || code == "MODEL_ERROR" ||
                              code == "GPU_OOM";
    return {.stage = failure_stage(stage), .code = std::string{code}, .is_retryable = is_retryable};
}

std::string_view to_string(Stage stage) noexcept {
    switch (stage) {
        case Stage::kRecognise:
            return "recognise";
        case Stage::kTranslate:
            return "translate";
        case Stage::kSynthesise:
            return "synthesise";
    }
    return "unknown";
}

/// What the stages of one fragment hand to each other.
struct StreamDubbing::Work {
    const Fragment& fragment;
    const std::stop_token& stop;
    DubOutcome outcome{};
    std::vector<SpeechSpan> spans{};      // empty: nobody speaks
    std::optional<PcmChunk> listening{};  // in the recogniser's format
};

StreamDubbing::StreamDubbing(StreamEngines engines, DubOptions options, FitLimits limits)
    : engines_{engines}, options_{std::move(options)}, limits_{limits} {}

DubOutcome StreamDubbing::dub(const Fragment& fragment, Stage last, StageObserver& observer,
                              const std::stop_token& stop) {
    Work work{.fragment = fragment, .stop = stop};
    auto& outcome = work.outcome;
    outcome.fragment = fragment.number;
    const auto run = [&]() -> Result<void> {
        auto done = in_stage(
            Stage::kRecognise, outcome.timings.recognise, observer, outcome,
            [&]() -> Result<void> { return hear(work).and_then([&] { return recognise(work); }); });
        if (!done || outcome.transcript.empty()) {
            return done;
        }
        return in_stage(Stage::kTranslate, outcome.timings.translate, observer, outcome,
                        [&] { return translate(work); })
            .and_then([&]() -> Result<void> {
                if (last != Stage::kSynthesise) {
                    return {};
                }
                return in_stage(Stage::kSynthesise, outcome.timings.synthesise, observer, outcome,
                                [&] { return synthesise(work); });
            });
    };
    const auto done = run();
    if (!done) {
        outcome.dub.reset();
        outcome.fallback = FallbackReason::kFailed;
        outcome.detail = done.error().message();
    } else if (!outcome.translation.empty() && last != Stage::kSynthesise) {
        outcome.fallback = FallbackReason::kDeadline;
        outcome.failure =
            DubFailure{.stage = FailureStage::kTts, .code = "TIMEOUT", .is_load_shed = true};
        outcome.detail = "captions only: the engines do not keep up with all streams";
    } else if (!outcome.dub) {
        outcome.fallback = FallbackReason::kNoSpeech;
    }
    return std::move(work.outcome);
}

Result<void> StreamDubbing::hear(Work& work) {
    auto listening = to_recognition_format(work.fragment.audio);
    if (!listening) {
        return tl::unexpected{std::move(listening).error()};
    }
    auto spans = voice_activity_.find_speech(*listening);
    if (!spans) {
        return tl::unexpected{std::move(spans).error()};
    }
    work.spans = std::move(*spans);
    work.outcome.speech =
        std::chrono::duration_cast<std::chrono::milliseconds>(time_in(work.spans));
    work.listening = std::move(*listening);
    return {};
}

Result<void> StreamDubbing::recognise(Work& work) {
    if (work.spans.empty()) {
        return {};
    }
    const SpeechSpan all{.begin = work.spans.front().begin, .end = work.spans.back().end};
    if (all.end - all.begin < kShortestAudio) {
        return {};
    }
    auto words = cut(*work.listening, all).and_then([&](const PcmChunk& speech) {
        return engines_.recogniser.transcribe(speech, work.stop);
    });
    if (!words) {
        return tl::unexpected{std::move(words).error()};
    }
    if (!is_plausible(*words, time_in(work.spans))) {
        work.outcome.detail = words->empty() ? "no words" : "no plausible words";
        return {};
    }
    work.outcome.transcript = to_sentences(*words);
    return {};
}

Result<void> StreamDubbing::translate(Work& work) {
    auto& outcome = work.outcome;
    if (engines_.translator == nullptr) {
        outcome.translation = outcome.transcript;
        return {};
    }
    const auto shares = share_letters(
        letters_in(work.fragment.audio.duration(), options_.target_language), outcome.transcript);
    // Sentence by sentence, so that each keeps its time for the captions.
    for (std::size_t at = 0; at < outcome.transcript.size(); ++at) {
        const auto& sentence = outcome.transcript[at];
        const TranslationRequest request{
            .text = sentence.text,
            .pair = {.source = options_.source_language, .target = options_.target_language},
            .before = {said_.begin(), said_.end()},
            .most_letters = shares[at],
            .domain_hints = options_.domain_hints};
        auto text = engines_.translator->translate(request, work.stop);
        if (!text) {
            outcome.translation.clear();
            return tl::unexpected{std::move(text).error()};
        }
        said_.push_back({.source = sentence.text, .translation = *text});
        if (said_.size() > kRemembered) {
            said_.pop_front();
        }
        if (!text->empty()) {
            outcome.translation.push_back(
                {.text = std::move(*text), .start = sentence.start, .end = sentence.end});
        }
    }
    if (outcome.translation.empty()) {
        return fail(ErrorCode::kInternal, "the translation is empty");
    }
    return {};
}

Result<void> StreamDubbing::synthesise(Work& work) {
    auto& outcome = work.outcome;
    const auto& slot = work.fragment.audio;
    auto fitted = speak_within(
        engines_.synthesizer,
        {.text = vocabulary::spoken_form(join_texts(outcome.translation), options_.target_language),
         .language = options_.target_language,
         .voice = options_.voice},
        slot.duration(), limits_, work.stop);
    if (!fitted) {
        return tl::unexpected{std::move(fitted).error()};
    }
    outcome.speed_ratio = fitted->speed_ratio;
    outcome.overrun = fitted->overrun;
    outcome.is_partial = fitted->is_partial;
    if (fitted->is_partial) {
        outcome.detail =
            fmt::format("partial: {:.0f} % of the slot trimmed", fitted->overrun * 100.0);
    }
    if (fitted->exceeds_limits) {
        outcome.failure = DubFailure{.stage = FailureStage::kTts,
                                     .code = std::string{kDurationMismatch},
                                     .is_retryable = false};
    }
    auto speech = resample(std::move(fitted->speech), slot.format().sample_rate_hz);
    if (!speech) {
        return tl::unexpected{std::move(speech).error()};
    }
    if (speech->samples.size() > slot.frames()) {
        speech->samples.resize(slot.frames());  // a sample or two of rounding
    }
    loudness_.listen(loudness_of_speech(slot, work.spans));
    loudness_.match(*speech, slot.format().channels);
    auto dub = place(*speech, slot, work.spans.front().begin);
    if (!dub) {
        return tl::unexpected{std::move(dub).error()};
    }
    outcome.dub = std::move(*dub);
    return {};
}

}  // namespace livedub::speech
