// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// libespeak-ng keeps one voice, one rate and one callback per process. This is the one object that
// talks to it; callers take turns.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "engines/espeak/voice_choice.hpp"

namespace livedub::espeak {

struct Utterance {
    std::string text;
    std::string voice;  // an InstalledVoice's identifier, with "+variant" where one is wished
    int rate_wpm = 0;   // kMinRateWpm..kMaxRateWpm
};

/// Thread-safe. The process's own: made at the first use, never unmade.
class EspeakLibrary {
  public:
    static constexpr int kNaturalRateWpm = 175;
    static constexpr int kMinRateWpm = 80;
    static constexpr int kMaxRateWpm = 450;

    /// Errors: kUnavailable, naming the package, when espeak-ng finds no data; this is tried again
    /// at the next call.
    static Result<EspeakLibrary*> instance();

    ~EspeakLibrary() = default;
    EspeakLibrary(const EspeakLibrary&) = delete;
    EspeakLibrary& operator=(const EspeakLibrary&) = delete;

    /// All voices that need nothing but espeak-ng itself.
    [[nodiscard]] const std::vector<InstalledVoice>& voices() const noexcept { return voices_; }
    [[nodiscard]] int sample_rate_hz() const noexcept { return sample_rate_hz_; }

    /// Speaks, with the pauses that espeak-ng puts around it. Mono.
    ///
    /// Errors: kInvalidArgument (voice), kCancelled, kInternal.
    Result<std::vector<std::int16_t>> speak(const Utterance& utterance, const std::stop_token& stop)
        LIVEDUB_EXCLUDES(mutex_);

  private:
    explicit EspeakLibrary(int sample_rate_hz);

    // Only whoever has the turn calls this.
    static Result<std::vector<std::int16_t>> take_turn(const Utterance& utterance,
                                                       const std::stop_token& stop);

    // Constant after construction.
    const int sample_rate_hz_;
    const std::vector<InstalledVoice> voices_;

    // Guarded by mutex_.
    Mutex mutex_;
    bool busy_ LIVEDUB_GUARDED_BY(mutex_) = false;
    std::condition_variable_any idle_;  // signalled when busy_ becomes false
};

}  // namespace livedub::espeak
