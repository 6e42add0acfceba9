// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// whisper.cpp's weights, in the process that only holds them.

#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "engines/whisper/worker_side.hpp"

namespace livedub::whisper {

/// Loads ggml's backends, the model and, if `voice_gate` is not empty, looks at that file.
///
/// Errors: kUnavailable, naming what is missing (a backend, a package) or the file.
[[nodiscard]] Result<std::unique_ptr<Weights>> load_weights(const std::string& model,
                                                            const std::string& voice_gate);

}  // namespace livedub::whisper
