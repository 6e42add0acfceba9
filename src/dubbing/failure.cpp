// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "dubbing/failure.hpp"

namespace livedub {

std::string_view to_string(FailureStage stage) noexcept {
    switch (stage) {
        case FailureStage::kAsr:
            return "asr";
        case FailureStage::kTranslation:
            return "translation";
        case FailureStage::kTts:
            return "tts";
        case FailureStage::kPipeline:
            return "pipeline";
    }
    return "pipeline";
}

}  // namespace livedub
