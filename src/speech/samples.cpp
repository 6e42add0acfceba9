// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "speech/samples.hpp"

#include <utility>

#include "base/check.hpp"
#include "sound/resample.hpp"
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
        out.insert(out.end(), static_cast<std::size_t>(channels), sound::to_pcm16(sample));
    }
    return out;
}

Result<MonoSignal> resample(MonoSignal signal, int to_hz) {
    auto samples = sound::resample(signal.samples, 1, signal.sample_rate_hz, to_hz);
    if (!samples) {
        return tl::unexpected{std::move(samples).error()};
    }
    return MonoSignal{.sample_rate_hz = to_hz, .samples = std::move(*samples)};
}

Result<PcmChunk> to_recognition_format(const PcmChunk& chunk) {
    auto mono = resample(mix_down(chunk), kRecognitionFormat.sample_rate_hz);
    if (!mono) {
        return tl::unexpected{std::move(mono).error()};
    }
    return PcmChunk::make(chunk.start(), kRecognitionFormat, to_pcm16(mono->samples, 1));
}

PcmChunk second_of_silence() {
    const auto rate = kRecognitionFormat.sample_rate_hz;
    auto second = PcmChunk::make(StreamTime{}, kRecognitionFormat,
                                 std::vector<std::int16_t>(static_cast<std::size_t>(rate)));
    LIVEDUB_CHECK(second.has_value());
    return std::move(*second);
}

}  // namespace livedub::speech
