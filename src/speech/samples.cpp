// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/samples.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <soxr.h>

#include "speech/transcriber.hpp"

namespace livedub::speech {

MonoSignal mix_down(const PcmChunk& chunk) {
    const auto channels = static_cast<std::size_t>(chunk.format().channels);
    const auto& in = chunk.samples();
    const float scale = 1.0F / (32768.0F * static_cast<float>(channels));
    MonoSignal mono{.sample_rate_hz = chunk.format().sample_rate_hz,
                    .samples = std::vector<float>(chunk.frames())};
    for (std::size_t frame = 0; frame < mono.samples.size(); ++frame) {
        float sum = 0.0F;
        for (std::size_t channel = 0; channel < channels; ++channel) {
            sum += static_cast<float>(in[frame * channels + channel]);
        }
        mono.samples[frame] = sum * scale;
    }
    return mono;
}

std::vector<std::int16_t> to_pcm16(std::span<const float> mono, int channels) {
    std::vector<std::int16_t> out;
    out.reserve(mono.size() * static_cast<std::size_t>(channels));
    for (const float sample : mono) {
        const float scaled = std::clamp(std::round(sample * 32768.0F), -32768.0F, 32767.0F);
        out.insert(out.end(), static_cast<std::size_t>(channels),
                   static_cast<std::int16_t>(scaled));
    }
    return out;
}

Result<MonoSignal> resample(MonoSignal signal, int to_hz) {
    if (signal.sample_rate_hz == to_hz || signal.samples.empty()) {
        signal.sample_rate_hz = to_hz;
        return signal;
    }
    const auto length = static_cast<std::size_t>(
        std::lround(static_cast<double>(signal.samples.size()) * to_hz / signal.sample_rate_hz));
    MonoSignal out{.sample_rate_hz = to_hz, .samples = std::vector<float>(length)};
    const auto quality = soxr_quality_spec(SOXR_HQ, 0);
    std::size_t done = 0;
    const auto* const error =
        soxr_oneshot(signal.sample_rate_hz, to_hz, 1, signal.samples.data(), signal.samples.size(),
                     nullptr, out.samples.data(), length, &done, nullptr, &quality, nullptr);
    if (error != nullptr) {
        return fail(ErrorCode::kInternal, fmt::format("resample {} Hz to {} Hz: {}",
                                                      signal.sample_rate_hz, to_hz, error));
    }
    return out;
}

Result<PcmChunk> to_recognition_format(const PcmChunk& chunk) {
    auto mono = resample(mix_down(chunk), kRecognitionFormat.sample_rate_hz);
    if (!mono) {
        return tl::unexpected{std::move(mono).error()};
    }
    return PcmChunk::make(chunk.start(), kRecognitionFormat, to_pcm16(mono->samples, 1));
}

}  // namespace livedub::speech
