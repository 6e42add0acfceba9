// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Recognition with weights that are there: one state, used by one thread.

#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engines/whisper/worker_side.hpp"

struct whisper_context;

namespace livedub::whisper {

/// @param context Outlives the recogniser.
/// @param voice_gate Empty: none.
///
/// Errors: kExhausted (memory), kUnavailable (the voice gate).
[[nodiscard]] Result<std::unique_ptr<Recogniser>> make_whisper_recogniser(
    whisper_context& context, const std::string& voice_gate);

}  // namespace livedub::whisper
