// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What is kept of one fragment when somebody wants to hear and read afterwards what was made of it
// (external contract, 7.5).

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "clips/to_m4a.hpp"
#include "dubbing/dubber.hpp"

namespace livedub::artifacts {

struct ArtifactError {
    std::string stage;  // empty: none in particular
    std::string code;
    std::string message;
    bool is_retryable = false;
};

/// What is null or absent has no file.
struct Artifact {
    std::string stream_id;    // as the peer said it; made safe for a path here
    std::string fragment_id;  // likewise
    std::string status;       // success, partial, failed
    std::optional<clips::ClipOrSound> original;
    std::optional<clips::ClipOrSound> dubbed;
    std::optional<std::string> transcript;
    std::optional<std::string> translation;
    std::chrono::milliseconds processing_time{0};
    StageTimings timings;
    std::chrono::system_clock::time_point time;  // when the result was ready
    std::optional<ArtifactError> error;
};

}  // namespace livedub::artifacts
