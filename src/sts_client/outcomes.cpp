// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/outcomes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "clips/clip.hpp"

namespace livedub::sts_client {
namespace {

std::vector<Phrase> one_phrase(const std::optional<std::string>& text, const FragmentShape& shape) {
    if (!text || text->empty() || shape.format.sample_rate_hz <= 0) {
        return {};
    }
    const auto frames = static_cast<std::int64_t>(shape.frames);
    const StreamDuration length{frames * 1'000'000'000 / shape.format.sample_rate_hz};
    return {Phrase{.text = *text, .start = shape.start, .end = shape.start + length}};
}

FailureStage stage_of(std::string_view name) {
    for (const auto stage : {FailureStage::kAsr, FailureStage::kTranslation, FailureStage::kTts}) {
        if (name == to_string(stage)) {
            return stage;
        }
    }
    return FailureStage::kPipeline;
}

}  // namespace

PcmFormat clip_format(const PcmFormat& stream) noexcept {
    return stream == PcmFormat{}
               ? stream
               : PcmFormat{clips::nearest_clip_rate(stream.sample_rate_hz), stream.channels};
}

DubOutcome describe_result(const contract::FragmentProcessed& result, std::uint64_t number,
                           const FragmentShape& shape) {
    DubOutcome outcome;
    outcome.fragment = number;
    outcome.transcript = one_phrase(result.transcript, shape);
    outcome.translation = one_phrase(result.translated_text, shape);
    outcome.timings = {.recognise = std::chrono::milliseconds{result.stage_timings.asr},
                       .translate = std::chrono::milliseconds{result.stage_timings.translation},
                       .synthesise = std::chrono::milliseconds{result.stage_timings.tts}};
    outcome.is_partial = result.status == contract::ResultStatus::kPartial;
    if (result.metadata) {
        outcome.speed_ratio = result.metadata->speed_ratio;
        outcome.speech = std::chrono::milliseconds{result.metadata->speech_duration_ms};
        if (outcome.is_partial &&
            result.metadata->dubbed_duration_ms > result.metadata->original_duration_ms) {
            outcome.overrun = result.metadata->duration_variance_percent / 100.0;
        }
    }
    return outcome;
}

std::string one_line(std::string_view text) {
    constexpr std::size_t kMost = 300;
    std::string line{text.substr(0, kMost)};
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
    return line;
}

void mark_failed(DubOutcome& outcome, std::string_view code, std::string_view message,
                 std::string_view stage, bool is_retryable) {
    outcome.fallback = FallbackReason::kFailed;
    outcome.detail = one_line(fmt::format("{}: {}", code, message));
    outcome.failure =
        DubFailure{.stage = stage_of(stage), .code = one_line(code), .is_retryable = is_retryable};
}

void mark_unanswered(DubOutcome& outcome, FallbackReason reason, std::string detail) {
    outcome.fallback = reason;
    outcome.detail = std::move(detail);
    outcome.failure =
        DubFailure{.stage = FailureStage::kPipeline, .code = "TIMEOUT", .is_retryable = true};
}

bool needs_new_session(std::string_view code) noexcept {
    return code == "STREAM_NOT_FOUND" || code == "STREAM_NOT_READY";
}

bool refuses_session(const contract::ErrorEvent& error) noexcept {
    constexpr std::array<std::string_view, 6> kAboutFragments{
        "STREAM_NOT_FOUND", "STREAM_NOT_READY", "STREAM_PAUSED",
        "INVALID_SEQUENCE", "QUEUE_FULL",       "BACKPRESSURE_EXCEEDED"};
    return !error.fragment_id && std::find(kAboutFragments.begin(), kAboutFragments.end(),
                                           error.code) == kAboutFragments.end();
}

}  // namespace livedub::sts_client
