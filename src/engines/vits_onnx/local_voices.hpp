// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// VITS voices with all that they are made of.

#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "engines/vits/vits_synthesizer.hpp"
#include "engines/vits/voice_folder.hpp"
#include "speech/synthesizer.hpp"

namespace livedub::vits {

/// @param load load_onnx_wave_model(), or what does more.
/// @param timeout For one call of synthesise.
///
/// Errors: kUnavailable, naming the package, when espeak-ng has no data.
[[nodiscard]] Result<std::unique_ptr<speech::Synthesizer>> make_local_voices(
    const std::vector<VoiceFiles>& voices, LoadWaveModel load, WishLookup look_up,
    std::chrono::milliseconds timeout);

}  // namespace livedub::vits
