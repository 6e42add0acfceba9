// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_client/clip_work.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "sts_client/outcomes.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_client {
namespace {

constexpr int kFadesPerSecond = 200;  // one fade lasts 5 ms

void fade_out(std::vector<std::int16_t>& samples, std::size_t end_frame, const PcmFormat& format) {
    const auto channels = static_cast<std::size_t>(format.channels);
    const auto fade =
        std::min(end_frame, static_cast<std::size_t>(format.sample_rate_hz / kFadesPerSecond));
    for (std::size_t i = 0; i < fade; ++i) {
        const std::size_t frame = end_frame - 1 - i;
        for (std::size_t channel = 0; channel < channels; ++channel) {
            auto& sample = samples[(frame * channels) + channel];
            sample = static_cast<std::int16_t>(sample * static_cast<std::int64_t>(i) /
                                               static_cast<std::int64_t>(fade));
        }
    }
}

Result<std::string> bytes_of(contract::Audio& audio) {
    if (audio.is_binary) {
        return std::move(audio.data);
    }
    auto bytes = wire::decode_base64(audio.data);
    if (!bytes) {
        return fail(ErrorCode::kInvalidArgument, "the audio is not base64");
    }
    return *std::move(bytes);
}

clips::ClipLabel label_of(const contract::Audio& audio) {
    // An unknown name is no obstacle: content decides.
    return {.format = clips::parse_clip_format(audio.format).value_or(clips::ClipFormat::kM4a),
            .pcm = {audio.sample_rate_hz, audio.channels},
            .duration = std::chrono::milliseconds{audio.duration_ms}};
}

}  // namespace

Result<std::string> make_clip(const Fragment& fragment) {
    if (fragment.clip != nullptr) {
        return *fragment.clip;
    }
    const auto format = clip_format(fragment.audio.format());
    return clips::encode_clip(
        format == fragment.audio.format() ? fragment.audio : clips::convert(fragment.audio, format),
        clips::ClipFormat::kM4a);
}

Decoded decode_dub(DecodeTask task) {
    Decoded decoded;
    decoded.number = task.number;
    decoded.fragment_id = std::move(task.fragment_id);
    decoded.is_late = task.is_late;
    auto bytes = bytes_of(task.audio);
    if (!bytes) {
        decoded.problem = bytes.error().message();
        return decoded;
    }
    const auto clip = clips::decode_clip(*bytes, label_of(task.audio));
    if (!clip) {
        decoded.problem = clip.error().message();
        return decoded;
    }
    decoded.dub = fit_to_slot(clips::convert(clip->sound, task.shape.format), task.shape);
    decoded.clip = std::make_shared<const std::string>(*std::move(bytes));
    return decoded;
}

PcmChunk fit_to_slot(const PcmChunk& sound, const FragmentShape& slot) {
    LIVEDUB_CHECK(sound.format() == slot.format);
    auto samples = sound.samples();
    samples.resize(slot.frames * static_cast<std::size_t>(slot.format.channels));
    if (sound.frames() != slot.frames) {
        fade_out(samples, std::min(sound.frames(), slot.frames), slot.format);
    }
    auto fitted = PcmChunk::make(slot.start, slot.format, std::move(samples));
    LIVEDUB_CHECK(fitted.has_value());
    return *std::move(fitted);
}

}  // namespace livedub::sts_client
