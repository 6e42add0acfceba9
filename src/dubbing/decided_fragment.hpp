// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// What went on air for one fragment: told once per fragment, when the decision is final, to whoever
// shows or records it.

#pragma once

#include <optional>
#include <string>

#include "dubbing/dubber.hpp"
#include "dubbing/fallback_reason.hpp"
#include "media/stream_time.hpp"

namespace livedub {

struct DecidedFragment {
    std::string stream_id;
    std::string source_language;
    std::string target_language;
    StreamTime start;
    StreamTime end;

    /// Why the original plays; nullopt when the dub does. It may differ from outcome.fallback: a
    /// dub that came too late is kDeadline here.
    std::optional<FallbackReason> reason;

    /// Words, timings and detail, as far as they are known. Its `dub` has been moved out.
    DubOutcome outcome;
};

}  // namespace livedub
