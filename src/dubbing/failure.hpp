// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What went wrong with one fragment, as the outside names it: a stage and a code (external
// contract, section 1.6).

#pragma once

#include <string>
#include <string_view>

namespace livedub {

/// Exported as labels: add at the end, never renumber.
enum class FailureStage {
    kAsr = 1,
    kTranslation = 2,
    kTts = 3,
    kPipeline = 4,
};

/// "asr", "translation", "tts", "pipeline".
[[nodiscard]] std::string_view to_string(FailureStage stage) noexcept;

struct DubFailure {
    FailureStage stage = FailureStage::kPipeline;
    std::string code = "PROCESSING_ERROR";  // a name of section 1.6: "TIMEOUT", "ASR_FAILED", ...
    bool is_retryable = true;               // a later fragment may succeed
    /// Left out on purpose, for want of time for all streams: nothing is broken.
    bool is_load_shed = false;
};

}  // namespace livedub
