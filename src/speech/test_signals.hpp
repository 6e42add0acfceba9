// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Sounds for tests, made from arithmetic: noises of every colour, notes, a crowd, and a "voice"
// that has what the gate looks for in one (harmonics over a gliding pitch, syllables, pauses).

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

#include "media/pcm_chunk.hpp"
#include "speech/samples.hpp"

namespace livedub::speech {

inline std::vector<float> at_level(std::vector<float> x, double rms_dbfs) {
    double sum = 0.0;
    for (const float sample : x) {
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    }
    const double rms = std::sqrt(sum / static_cast<double>(x.size()));
    const auto gain = static_cast<float>(std::pow(10.0, rms_dbfs / 20.0) / rms);
    std::ranges::transform(x, x.begin(), [gain](float sample) { return sample * gain; });
    return x;
}

inline std::vector<float> sum_of(std::vector<float> a, const std::vector<float>& b) {
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::plus<>{});
    return a;
}

inline std::vector<float> white_noise(std::size_t size, unsigned seed) {
    std::mt19937 random{seed};
    std::normal_distribution<float> normal;
    std::vector<float> x(size);
    std::ranges::generate(x, [&] { return normal(random); });
    return x;
}

/// Falls 6 dB per octave.
inline std::vector<float> brown_noise(std::size_t size, unsigned seed) {
    auto x = white_noise(size, seed);
    float sum = 0.0F;
    for (auto& sample : x) {
        sum = 0.998F * sum + sample;
        sample = sum;
    }
    return x;
}

/// Falls 3 dB per octave: Paul Kellet's three poles.
inline std::vector<float> pink_noise(std::size_t size, unsigned seed) {
    auto x = white_noise(size, seed);
    float b0 = 0.0F;
    float b1 = 0.0F;
    float b2 = 0.0F;
    for (auto& sample : x) {
        b0 = 0.99765F * b0 + sample * 0.0990460F;
        b1 = 0.96300F * b1 + sample * 0.2965164F;
        b2 = 0.57000F * b2 + sample * 1.0526913F;
        sample = b0 + b1 + b2 + sample * 0.1848F;
    }
    return x;
}

/// Harmonics of a pitch that moves, in syllables of 180 ms with gaps, words and a pause a second.
inline std::vector<float> voice(std::size_t size, int rate_hz, double pitch_hz, double offset_s) {
    std::vector<float> x(size);
    double phase = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
        const double t = static_cast<double>(i) / rate_hz + offset_s;
        const double pitch = pitch_hz * (1.0 + 0.12 * std::sin(2.0 * std::numbers::pi * 0.7 * t) +
                                         0.04 * std::sin(2.0 * std::numbers::pi * 2.9 * t));
        phase += 2.0 * std::numbers::pi * pitch / rate_hz;
        const double syllable = std::max(0.0, std::sin(2.0 * std::numbers::pi * 2.7 * t));
        const double word = std::fmod(t, 2.0) < 1.6 ? 1.0 : 0.0;
        double sum = 0.0;
        if (syllable * word == 0.0) {
            continue;
        }
        for (int harmonic = 1; harmonic <= 20; ++harmonic) {
            const double at = pitch * harmonic;
            if (at > 3'800.0) {
                break;
            }
            const double formants = std::exp(-(at - 600.0) * (at - 600.0) / 90e3) +
                                    0.5 * std::exp(-(at - 1'400.0) * (at - 1'400.0) / 160e3) + 0.05;
            sum += formants * std::sin(phase * harmonic);
        }
        x[i] = static_cast<float>(sum * syllable * word);
    }
    return x;
}

/// Notes of half a second that die away, each on its own pitch.
inline std::vector<float> melody(std::size_t size, int rate_hz) {
    constexpr double kNotes[] = {220.0, 247.0, 294.0, 330.0, 262.0, 196.0};
    std::vector<float> x(size);
    for (std::size_t i = 0; i < size; ++i) {
        const double t = static_cast<double>(i) / rate_hz;
        const double in_note = std::fmod(t, 0.5);
        const double note = kNotes[static_cast<std::size_t>(t / 0.5) % std::size(kNotes)];
        double sum = 0.0;
        for (int harmonic = 1; harmonic <= 6; ++harmonic) {
            sum += std::sin(2.0 * std::numbers::pi * note * harmonic * in_note) / harmonic;
        }
        x[i] = static_cast<float>(sum * std::exp(-3.0 * in_note));
    }
    return x;
}

inline PcmChunk as_chunk(const std::vector<float>& mono, PcmFormat format, StreamTime start = {}) {
    return *PcmChunk::make(start, format, to_pcm16(mono, format.channels));
}

}  // namespace livedub::speech
