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

    /// How `text` is said, in the International Phonetic Alphabet: a space between words, nothing
    /// for signs. A word of another language stands between marks like "(en)" and "(es)".
    ///
    /// @param voice As espeak-ng selects one: "es", "en-us", or an InstalledVoice's identifier.
    ///
    /// Errors: kInvalidArgument (voice), kCancelled.
    Result<std::string> phonemes(const std::string& text, const std::string& voice,
                                 const std::stop_token& stop) LIVEDUB_EXCLUDES(mutex_);

  private:
    explicit EspeakLibrary(int sample_rate_hz);

    /// Waits for its turn, and does it. Errors: kCancelled; those of `work`.
    template <typename Work>
    auto in_turn(const std::stop_token& stop, Work work) -> decltype(work());

    // Only whoever has the turn calls these.
    static Result<std::vector<std::int16_t>> take_turn(const Utterance& utterance,
                                                       const std::stop_token& stop);
    static Result<std::string> take_turn(const std::string& text, const std::string& voice,
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
