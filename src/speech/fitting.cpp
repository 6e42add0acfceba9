// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/fitting.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "speech/time_stretch.hpp"

namespace livedub::speech {
namespace {

constexpr double kNoStretch = 0.01;    // |ratio - 1| below this is not worth a stretch
constexpr double kCloseEnough = 0.01;  // stop searching when this near below the slot
constexpr double kSaturated = 0.002;   // a faster request that gains less is the engine's end
constexpr auto kTrimFade = std::chrono::milliseconds{30};

Result<MonoSignal> speak(Synthesizer& synthesizer, SynthesisRequest& text, double speed,
                         const std::stop_token& stop) {
    text.speed = speed;
    auto spoken = synthesizer.synthesise(text, stop);
    if (!spoken) {
        return tl::unexpected{std::move(spoken).error()};
    }
    return mix_down(*spoken);
}

/// Of a service that has spoken before, and does not now.
bool is_asked_too_much(const Error& error) {
    return error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kExhausted ||
           error.code() == ErrorCode::kTimeout;
}

/// The longest speech that `faster` times its speed brings so near to the slot that it can be
/// trimmed.
StreamDuration usable(double slot_s, double faster, const FitLimits& limits) {
    return std::chrono::ceil<StreamDuration>(
        std::chrono::duration<double>{slot_s * faster * (1.0 + limits.trim_with_notice)});
}

/// Longer than can be used, and so perhaps only the beginning.
bool is_beyond(const SynthesisRequest& text, const MonoSignal& speech) {
    return text.longest.count() > 0 &&
           std::chrono::duration<double>{speech.seconds()} > text.longest;
}

/// Asks for higher and higher rates until the speech just fits. Gives the longest version that
/// fits, or the shortest there is.
Result<MonoSignal> search_rate(Synthesizer& synthesizer, SynthesisRequest& text, MonoSignal natural,
                               double slot_s, const FitLimits& limits,
                               const std::stop_token& stop) {
    MonoSignal best = std::move(natural);
    double too_slow = 1.0;               // the highest rate known not to fit
    double too_fast = limits.max_speed;  // the lowest rate known to fit, once one is known
    bool fits = false;
    double speed = std::min(best.seconds() / slot_s, limits.max_speed);
    if (is_beyond(text, best)) {
        // What it is asked for next is of use only where it fits without being stretched.
        text.longest = usable(slot_s, 1.0, limits);
    }
    const int most = std::min(limits.max_syntheses, synthesizer.most_tries());
    for (int count = 1; count < most; ++count) {
        auto spoken = speak(synthesizer, text, speed, stop);
        if (!spoken && is_asked_too_much(spoken.error())) {
            break;  // what there is can be stretched
        }
        if (!spoken) {
            return spoken;
        }
        const double length_s = spoken->seconds();
        if (length_s <= slot_s) {
            too_fast = speed;
            if (!fits || length_s > best.seconds()) {
                best = std::move(*spoken);
                fits = true;
            }
            if (length_s >= slot_s * (1.0 - kCloseEnough)) {
                break;
            }
        } else {
            const double gained = 1.0 - length_s / best.seconds();
            too_slow = speed;
            if (!fits) {
                if (gained > 0) {
                    best = std::move(*spoken);
                }
                if (speed >= limits.max_speed || gained < kSaturated) {
                    break;
                }
            }
        }
        // Engines are nearly linear, so the proportional guess is good; the bracket keeps it
        // honest.
        speed = std::clamp(speed * length_s / slot_s, too_slow, too_fast);
        if (fits && (speed <= too_slow || speed >= too_fast)) {
            speed = (too_slow + too_fast) / 2.0;
        }
        if (too_fast - too_slow < 0.004) {
            break;
        }
    }
    return best;
}

/// The rate for speech that is shorter than its slot: slower as far as allowed, or as much faster
/// as is the least.
double unhurried_speed(double natural_s, double slot_s, const FitLimits& limits) {
    const double slowest_that_fits = std::min(1.0, natural_s / slot_s);
    return std::max(limits.min_speed, slowest_that_fits);
}

void trim(MonoSignal& signal, std::size_t length) {
    signal.samples.resize(length);
    const auto fade = std::min(
        length, static_cast<std::size_t>(kTrimFade.count() * signal.sample_rate_hz / 1000));
    for (std::size_t i = 0; i < fade; ++i) {
        signal.samples[length - 1 - i] *= static_cast<float>(i) / static_cast<float>(fade);
    }
}

}  // namespace

Result<FittedSpeech> speak_within(Synthesizer& synthesizer, SynthesisRequest text,
                                  StreamDuration slot, const FitLimits& limits,
                                  const std::stop_token& stop) {
    const double slot_s = std::chrono::duration<double>{slot}.count();
    // Of what is trimmed all the same nobody can say before its end how fast it has to be.
    text.longest = limits.beyond == OverrunPolicy::kFail ? usable(slot_s, limits.max_speed, limits)
                                                         : StreamDuration{};
    auto spoken = speak(synthesizer, text, 1.0, stop);
    if (!spoken) {
        return tl::unexpected{std::move(spoken).error()};
    }
    const double natural_s = spoken->seconds();
    const bool is_beginning = is_beyond(text, *spoken);
    if (natural_s > slot_s) {
        spoken = search_rate(synthesizer, text, std::move(*spoken), slot_s, limits, stop);
    } else if (const double speed = unhurried_speed(natural_s, slot_s, limits);
               std::abs(speed - 1.0) >= kNoStretch && synthesizer.most_tries() > 1) {
        auto other = speak(synthesizer, text, speed, stop);
        if (!other || other->seconds() <= slot_s) {
            spoken = std::move(other);
        }
    }
    if (spoken && spoken->seconds() > slot_s && !is_beginning) {
        // What the rate could not do: up to the slot, or to the limit on both means together.
        const double wanted = spoken->seconds() / slot_s;
        const double allowed = limits.max_speed * spoken->seconds() / natural_s;
        const double by = std::min(wanted, allowed);
        if (by > 1.0 + kNoStretch) {
            spoken = stretch(*spoken, by, stop);
        }
    }
    if (!spoken) {
        return tl::unexpected{std::move(spoken).error()};
    }

    FittedSpeech fitted{.speech = std::move(*spoken)};
    const double length_s = fitted.speech.seconds();
    // How much faster than natural, nobody knows of what was not heard to its end.
    const double ratio =
        is_beginning ? std::min(natural_s / length_s, limits.max_speed) : natural_s / length_s;
    fitted.speed_ratio = std::abs(ratio - 1.0) < kNoStretch ? 1.0 : ratio;
    fitted.overrun = std::max(0.0, length_s / slot_s - 1.0);
    fitted.exceeds_limits = fitted.overrun > limits.trim_with_notice;
    if (fitted.exceeds_limits && limits.beyond == OverrunPolicy::kFail) {
        return fail(
            ErrorCode::kExhausted,
            fmt::format("{}: at least {:.1f} s of speech for {:.1f} s, {:.0f} % over at {:.2f} "
                        "times natural speed",
                        kDurationMismatch, natural_s, slot_s, fitted.overrun * 100.0, ratio));
    }
    fitted.is_partial = fitted.overrun > limits.trim_silently;
    const auto slot_frames = static_cast<std::size_t>(slot_s * fitted.speech.sample_rate_hz);
    if (fitted.speech.samples.size() > slot_frames) {
        trim(fitted.speech, slot_frames);
    }
    return fitted;
}

}  // namespace livedub::speech
