// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/dub_result.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "sts_session/error_codes.hpp"

namespace livedub::sts_session {
namespace {

using contract::ResultStatus;

std::string join(const std::vector<Phrase>& phrases) {
    std::string text;
    for (const auto& phrase : phrases) {
        if (!text.empty()) {
            text += ' ';
        }
        text += phrase.text;
    }
    return text;
}

std::optional<std::string> name_of(const std::string& engine) {
    return engine.empty() ? std::nullopt : std::optional{engine};
}

contract::ProcessingError describe(const DubOutcome& outcome) {
    auto failure = outcome.failure.value_or(DubFailure{});
    if (!outcome.failure && (outcome.fallback == FallbackReason::kDeadline ||
                             outcome.fallback == FallbackReason::kTimeout)) {
        failure.code = "TIMEOUT";
    }
    contract::ProcessingError error;
    error.stage = to_string(failure.stage);
    error.code = failure.code;
    error.message = outcome.detail.empty() ? "no dub" : outcome.detail;
    error.retryable = failure.is_retryable;
    error.load_shed = failure.is_load_shed;
    return error;
}

}  // namespace

contract::FragmentProcessed describe_outcome(const DubOutcome& outcome, const EngineNames& engines,
                                             std::chrono::milliseconds original) {
    contract::FragmentProcessed result;
    result.stage_timings = {.asr = outcome.timings.recognise.count(),
                            .translation = outcome.timings.translate.count(),
                            .tts = outcome.timings.synthesise.count()};
    const bool is_silent = outcome.fallback == FallbackReason::kNoSpeech;
    if (!outcome.transcript.empty() || is_silent) {
        result.transcript = join(outcome.transcript);
    }
    if (!outcome.translation.empty() || is_silent) {
        result.translated_text = join(outcome.translation);
    }
    if (!outcome.dub && !is_silent) {
        result.status = ResultStatus::kFailed;
        result.error = describe(outcome);
        return result;
    }
    result.status = outcome.is_partial ? ResultStatus::kPartial : ResultStatus::kSuccess;
    if (outcome.failure && outcome.is_partial) {
        result.error = describe(outcome);
    }
    contract::ResultMetadata metadata;
    metadata.original_duration_ms = original.count();
    metadata.dubbed_duration_ms = original.count();
    metadata.duration_variance_percent = outcome.overrun * 100.0;
    metadata.speed_ratio = std::clamp(outcome.speed_ratio, 0.5, 2.0);
    metadata.speech_duration_ms = is_silent ? 0 : outcome.speech.count();
    metadata.no_speech = is_silent;
    metadata.asr_model = name_of(engines.recogniser);
    metadata.translation_model = name_of(engines.translator);
    metadata.tts_model = name_of(engines.synthesizer);
    result.metadata = std::move(metadata);
    return result;
}

}  // namespace livedub::sts_session
