// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/espeak/espeak_synthesizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/mutex.hpp"
#include "engines/espeak/espeak_library.hpp"
#include "engines/espeak/voice_choice.hpp"
#include "speech/trim_silence.hpp"
#include "telemetry/log.hpp"

namespace livedub::espeak {

namespace {

struct RatePoint {
    double speed;   // natural duration / duration at this rate
    double factor;  // rate / natural rate
};

// How much shorter the speech gets as the rate goes up: its pauses and consonants do not shrink in
// step. Measured on sentences; a single utterance lands within about 5 %.
constexpr std::array kRates = std::to_array<RatePoint>({{0.46, 0.46},
                                                        {1.0, 1.0},
                                                        {1.26, 1.3},
                                                        {1.465, 1.6},
                                                        {1.70, 2.0},
                                                        {1.80, 2.2},
                                                        {1.94, 2.4},
                                                        {2.04, 2.57}});

/// The rate that comes closest to `speed` times the natural one.
int rate_for(double speed) {
    const double wished = std::clamp(speed, kRates.front().speed, kRates.back().speed);
    std::size_t upper = 1;
    while (kRates[upper].speed < wished) {
        ++upper;
    }
    const auto& above = kRates[upper];
    const auto& below = kRates[upper - 1];
    const double factor =
        std::lerp(below.factor, above.factor, (wished - below.speed) / (above.speed - below.speed));
    return std::clamp(static_cast<int>(std::lround(factor * EspeakLibrary::kNaturalRateWpm)),
                      EspeakLibrary::kMinRateWpm, EspeakLibrary::kMaxRateWpm);
}

class EspeakSynthesizer final : public speech::Synthesizer {
  public:
    explicit EspeakSynthesizer(EspeakLibrary& library) : library_{library} {}

    [[nodiscard]] std::string_view name() const noexcept override { return "espeak-ng"; }

    Result<void> prepare(std::string_view language, std::string_view voice) override {
        auto chosen = voice_for(language, voice);
        if (!chosen) {
            return tl::unexpected{std::move(chosen.error())};
        }
        return {};
    }

    Result<PcmChunk> synthesise(const speech::SynthesisRequest& request,
                                const std::stop_token& stop) override {
        if (auto checked = speech::check(request); !checked) {
            return tl::unexpected{std::move(checked).error()};
        }
        auto voice = voice_for(request.language, request.voice);
        if (!voice) {
            return tl::unexpected{std::move(voice.error())};
        }
        auto samples = library_.speak(
            {.text = request.text, .voice = std::move(*voice), .rate_wpm = rate_for(request.speed)},
            stop);
        if (!samples) {
            return tl::unexpected{std::move(samples.error())};
        }
        auto speech = speech::trim_silence(std::move(*samples), library_.sample_rate_hz());
        if (speech.empty()) {
            return fail(ErrorCode::kInvalidArgument, "the text has nothing to say");
        }
        return PcmChunk::make(StreamTime{},
                              {.sample_rate_hz = library_.sample_rate_hz(), .channels = 1},
                              std::move(speech));
    }

  private:
    Result<std::string> voice_for(std::string_view language, std::string_view profile_name) {
        const auto* profile = find_profile(profile_name.empty() ? "default" : profile_name);
        if (profile == nullptr) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("unknown voice '{}' (known: {})", profile_name,
                                    fmt::join(profile_names(), ", ")));
        }
        auto voice = choose_voice(library_.voices(), language);
        if (!voice) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("espeak-ng has no voice for the language '{}'", language));
        }
        if (!profile->language.empty() && profile->language != primary_subtag(language)) {
            warn_of_foreign_profile(*profile, language);
            return std::move(voice->identifier);
        }
        return profile->variant.empty() ? std::move(voice->identifier)
                                        : voice->identifier + "+" + std::string{profile->variant};
    }

    void warn_of_foreign_profile(const VoiceProfile& profile, std::string_view language)
        LIVEDUB_EXCLUDES(mutex_) {
        const auto key = fmt::format("{} {}", profile.name, language);
        {
            const MutexLock lock{mutex_};
            if (warned_.size() >= kMaxWarned || !warned_.insert(key).second) {
                return;
            }
        }
        logger("espeak")->warn("voice_of_another_language voice={} language={} used=default",
                               profile.name, language);
    }

    static constexpr std::size_t kMaxWarned = 256;  // then no more warnings, not more memory

    // Given at construction; outlives this.
    EspeakLibrary& library_;

    // Guarded by mutex_.
    Mutex mutex_;
    std::set<std::string> warned_ LIVEDUB_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<speech::Synthesizer>> make_espeak_synthesizer() {
    auto library = EspeakLibrary::instance();
    if (!library) {
        return tl::unexpected{std::move(library.error())};
    }
    return std::make_unique<EspeakSynthesizer>(**library);
}

Result<std::vector<std::string>> spoken_languages() {
    auto library = EspeakLibrary::instance();
    if (!library) {
        return tl::unexpected{std::move(library.error())};
    }
    std::set<std::string> languages;
    for (const auto& voice : (*library)->voices()) {
        languages.insert(voice.language);
    }
    return std::vector<std::string>{languages.begin(), languages.end()};
}

}  // namespace livedub::espeak
