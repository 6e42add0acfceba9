// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/voice_features.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

namespace livedub::speech {
namespace {

constexpr int kRate = 8'000;  // pitch and the first formants are below 4 kHz
constexpr std::size_t kFrame = 320;
constexpr std::size_t kStep = 160;
constexpr std::size_t kShortestLag = 20;  // 400 Hz
constexpr std::size_t kLongestLag = 114;  // 70 Hz

/// The products of `x` with itself `lag` samples later, over the part where both exist.
double correlate(std::span<const float> x, std::size_t lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < x.size(); ++i) {
        sum += static_cast<double>(x[i] * x[i - lag]);
    }
    return sum;
}

/// The share of the energy that the best second-order linear predictor cannot explain.
double second_order_residual(double r0, double r1, double r2) {
    const double k1 = r1 / r0;
    const double e1 = r0 * (1.0 - k1 * k1);
    if (e1 <= r0 * 1e-9) {
        return 0.0;
    }
    const double k2 = (r2 - k1 * r1) / e1;
    return std::max(0.0, e1 * (1.0 - k2 * k2) / r0);
}

/// Finds the pitch by normalised autocorrelation.
void find_pitch(std::span<const float> x, VoiceFrame& frame) {
    std::vector<double> energy(x.size() + 1);
    for (std::size_t i = 0; i < x.size(); ++i) {
        energy[i + 1] = energy[i] + static_cast<double>(x[i] * x[i]);
    }
    std::vector<double> peak(kLongestLag + 2);
    double best = 0.0;
    for (std::size_t lag = kShortestLag - 1; lag <= kLongestLag + 1; ++lag) {
        const double both = std::sqrt(energy[x.size() - lag] * (energy.back() - energy[lag]));
        peak[lag] = both > 0.0 ? correlate(x, lag) / both : 0.0;
        if (lag >= kShortestLag && lag <= kLongestLag) {
            best = std::max(best, peak[lag]);
        }
    }
    // The shortest lag that is nearly as good: multiples of a period match just as well.
    for (std::size_t lag = kShortestLag; lag <= kLongestLag; ++lag) {
        const bool is_summit = peak[lag] >= peak[lag - 1] && peak[lag] >= peak[lag + 1];
        if (is_summit && peak[lag] >= 0.9 * best) {
            const double bend = peak[lag - 1] - 2.0 * peak[lag] + peak[lag + 1];
            const double shift = bend < 0.0 ? 0.5 * (peak[lag - 1] - peak[lag + 1]) / bend : 0.0;
            frame.voicing = static_cast<float>(std::max(0.0, peak[lag]));
            frame.pitch_hz = static_cast<float>(kRate / (static_cast<double>(lag) + shift));
            return;
        }
    }
}

/// One pole, -3 dB at about 100 Hz: hum, handling noise and wind are no measure of a voice.
void remove_rumble(std::vector<float>& samples) {
    float previous_in = 0.0F;
    float out = 0.0F;
    for (auto& sample : samples) {
        out = 0.925F * (out + sample - previous_in);
        previous_in = sample;
        sample = out;
    }
}

}  // namespace

Result<std::vector<VoiceFrame>> voice_frames(MonoSignal signal) {
    auto narrow = resample(std::move(signal), kRate);
    if (!narrow) {
        return tl::unexpected{std::move(narrow).error()};
    }
    auto& samples = narrow->samples;
    remove_rumble(samples);
    // Pre-emphasis flattens the fall of voices and of pink and brown noise alike: without it the
    // noises look periodic at short lags.
    std::vector<float> bright(samples.size());
    for (std::size_t i = 1; i < samples.size(); ++i) {
        bright[i] = samples[i] - 0.95F * samples[i - 1];
    }
    std::vector<VoiceFrame> frames;
    for (std::size_t at = 0; at + kFrame <= samples.size(); at += kStep) {
        VoiceFrame frame;
        const std::span<const float> x{samples.data() + at, kFrame};
        const double r0 = correlate(x, 0);
        frame.level_db = static_cast<float>(10.0 * std::log10(r0 / kFrame + 1e-10));
        if (r0 > 1e-7 * kFrame) {  // -70 dBFS
            frame.tone_residual =
                static_cast<float>(second_order_residual(r0, correlate(x, 1), correlate(x, 2)));
            find_pitch({bright.data() + at, kFrame}, frame);
        }
        frames.push_back(frame);
    }
    return frames;
}

}  // namespace livedub::speech
