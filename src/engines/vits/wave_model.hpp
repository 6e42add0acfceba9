// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The two things a voice is made of beside its configuration, as ports: the graph, and whoever
// turns words into phonemes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/vits/voice_config.hpp"

namespace livedub::vits {

/// What a graph is asked for.
struct WaveRequest {
    Ids ids;
    float noise = 0.0F;
    float length = 1.0F;  // times longer
    float duration_noise = 0.0F;
    std::int64_t speaker = 0;                          // left out where the graph knows no speakers
    std::int64_t language = 0;                         // likewise
    std::size_t most_samples = std::size_t{1} << 24U;  // what is longer is an error, and not copied
};

/// Constant after construction; any number of threads may ask it.
class WaveModel {
  public:
    WaveModel() = default;
    virtual ~WaveModel() = default;
    WaveModel(const WaveModel&) = delete;
    WaveModel& operator=(const WaveModel&) = delete;

    [[nodiscard]] virtual bool has_speakers() const noexcept = 0;

    /// Sound of a sentence, full scale +/-1, at the voice's rate.
    ///
    /// Errors: kCancelled, kExhausted (memory), kInternal (the graph's, and what it made is too
    /// long).
    [[nodiscard]] virtual Result<std::vector<float>> speak(const WaveRequest& request,
                                                           const std::stop_token& stop) const = 0;
};

/// Errors: kUnavailable, with the path and what is wrong; kExhausted (memory).
using LoadWaveModel =
    std::function<Result<std::unique_ptr<const WaveModel>>(const std::filesystem::path& file)>;

/// Words without a sign at their end, as one of espeak-ng's voices says them. Any thread.
///
/// Errors: kInvalidArgument (there is no such voice), kCancelled, kUnavailable (no data).
using Phonemise = std::function<Result<std::string>(
    const std::string& words, const std::string& voice, const std::stop_token& stop)>;

}  // namespace livedub::vits
