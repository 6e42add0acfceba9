// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The graph of a VITS voice as Piper and Coqui export it.

#pragma once

#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "engines/vits/wave_model.hpp"

namespace livedub::vits {

/// Loads it, and has it say something, for at most 30 s, so that what is of another kind is found
/// here and not on air.
///
/// Errors: kUnavailable, with the path and what is wrong; kExhausted (memory).
[[nodiscard]] Result<std::unique_ptr<const WaveModel>> load_onnx_wave_model(
    const std::filesystem::path& file);

}  // namespace livedub::vits
