// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/loudness.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <memory>

#include <ebur128.h>

namespace livedub::speech {
namespace {

constexpr double kBroadcastNorm = -23.0;
constexpr double kQuietest = -40.0;
constexpr double kLoudest = -14.0;
constexpr float kCeiling = 0.891F;  // -1 dBFS
constexpr double kNewShare = 0.35;  // weight of the newest fragment: settles in four or five
constexpr double kMaxGain = 30.0;   // a nearly silent synthesis is not blown up without end

struct StateDeleter {
    void operator()(ebur128_state* state) const noexcept { ebur128_destroy(&state); }
};

/// @param add Gives the measure all samples there are, once.
template <typename Add>
std::optional<double> measure(std::size_t frames, const PcmFormat& format, const Add& add) {
    if (frames == 0) {
        return std::nullopt;
    }
    const std::unique_ptr<ebur128_state, StateDeleter> state{
        ebur128_init(static_cast<unsigned>(format.channels),
                     static_cast<unsigned long>(format.sample_rate_hz), EBUR128_MODE_I)};
    if (state == nullptr) {
        return std::nullopt;
    }
    // The measure works on blocks of 400 ms: what is shorter is heard more than once.
    const auto enough = static_cast<std::size_t>(format.sample_rate_hz);
    for (std::size_t fed = 0; fed == 0 || fed < enough; fed += frames) {
        if (add(state.get()) != EBUR128_SUCCESS) {
            return std::nullopt;
        }
    }
    double lufs = 0.0;
    if (ebur128_loudness_global(state.get(), &lufs) != EBUR128_SUCCESS || !std::isfinite(lufs)) {
        return std::nullopt;
    }
    return lufs;
}

}  // namespace

std::optional<double> measure_loudness(std::span<const std::int16_t> interleaved,
                                       const PcmFormat& format) {
    const auto frames = interleaved.size() / static_cast<std::size_t>(format.channels);
    return measure(frames, format, [&](ebur128_state* state) {
        return ebur128_add_frames_short(state, interleaved.data(), frames);
    });
}

std::optional<double> measure_loudness(const MonoSignal& mono, int channels) {
    // As floats: a synthesis that exceeds full scale is still to be brought down, not yet clipped.
    std::vector<float> interleaved;
    interleaved.reserve(mono.samples.size() * static_cast<std::size_t>(channels));
    for (const float sample : mono.samples) {
        interleaved.insert(interleaved.end(), static_cast<std::size_t>(channels), sample);
    }
    return measure(
        mono.samples.size(), {.sample_rate_hz = mono.sample_rate_hz, .channels = channels},
        [&](ebur128_state* state) {
            return ebur128_add_frames_float(state, interleaved.data(), mono.samples.size());
        });
}

void apply_gain_limited(std::vector<float>& samples, int sample_rate_hz, float gain,
                        float ceiling) {
    const auto size = samples.size();
    const auto reach = static_cast<std::size_t>(std::max(1, sample_rate_hz / 200));
    // How far each sample alone would have to be turned down, then the least of its surroundings
    // (a sliding minimum), then the mean of those: smooth, and never above what any peak needs.
    std::vector<float> allowed(size);
    for (std::size_t i = 0; i < size; ++i) {
        samples[i] *= gain;
        const float peak = std::abs(samples[i]);
        allowed[i] = peak > ceiling ? ceiling / peak : 1.0F;
    }
    std::vector<float> least(size);
    std::deque<std::size_t> rising;
    for (std::size_t i = 0; i < size + reach; ++i) {
        if (i < size) {
            while (!rising.empty() && allowed[rising.back()] >= allowed[i]) {
                rising.pop_back();
            }
            rising.push_back(i);
        }
        if (i >= reach) {
            const auto centre = i - reach;
            while (rising.front() + reach < centre) {
                rising.pop_front();
            }
            least[centre] = allowed[rising.front()];
        }
    }
    double sum = 0.0;
    std::size_t begin = 0;
    std::size_t end = 0;
    for (std::size_t i = 0; i < size; ++i) {
        for (; end < std::min(size, i + reach + 1); ++end) {
            sum += static_cast<double>(least[end]);
        }
        for (; begin + reach < i; ++begin) {
            sum -= static_cast<double>(least[begin]);
        }
        samples[i] *= static_cast<float>(sum / static_cast<double>(end - begin));
        samples[i] = std::clamp(samples[i], -ceiling, ceiling);
    }
}

void LoudnessMatcher::listen(std::optional<double> original_lufs) noexcept {
    if (!original_lufs) {
        return;
    }
    const double heard = std::clamp(*original_lufs, kQuietest, kLoudest);
    smoothed_lufs_ =
        smoothed_lufs_ ? *smoothed_lufs_ + kNewShare * (heard - *smoothed_lufs_) : heard;
}

double LoudnessMatcher::target_lufs() const noexcept {
    return smoothed_lufs_.value_or(kBroadcastNorm);
}

void LoudnessMatcher::match(MonoSignal& dub, int channels) const {
    const auto lufs = measure_loudness(dub, channels);
    if (!lufs) {
        return;
    }
    const double gain = std::min(std::pow(10.0, (target_lufs() - *lufs) / 20.0), kMaxGain);
    apply_gain_limited(dub.samples, dub.sample_rate_hz, static_cast<float>(gain), kCeiling);
}

}  // namespace livedub::speech
