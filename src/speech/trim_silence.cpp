// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/trim_silence.hpp"

#include <algorithm>
#include <cstddef>

namespace livedub::speech {

namespace {

/// -54 dB of full scale: below any sound of speech, above the dither of a fading one.
constexpr int kAudible = 64;

bool is_audible(std::int16_t sample) {
    return sample > kAudible || sample < -kAudible;
}

}  // namespace

std::vector<std::int16_t> trim_silence(std::vector<std::int16_t> samples, int sample_rate_hz) {
    const auto first = std::find_if(samples.begin(), samples.end(), is_audible);
    if (first == samples.end()) {
        return {};
    }
    const auto last = std::find_if(samples.rbegin(), samples.rend(), is_audible).base();
    const std::ptrdiff_t margin = sample_rate_hz / 100;
    samples.erase(last + std::min(margin, samples.end() - last), samples.end());
    samples.erase(samples.begin(), first - std::min(margin, first - samples.begin()));
    return samples;
}

}  // namespace livedub::speech
