// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/raw_pcm.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "sound/resample.hpp"

namespace livedub::clips {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are copied as they lie");

constexpr PcmFormat kUsualSuspect{.sample_rate_hz = 16'000, .channels = 1};

std::size_t sample_size(ClipFormat format) noexcept {
    return format == ClipFormat::kPcmF32 ? sizeof(float) : sizeof(std::int16_t);
}

bool fits(std::size_t bytes, std::size_t sample, const PcmFormat& pcm,
          std::chrono::milliseconds stated) {
    const auto frame = sample * static_cast<std::size_t>(pcm.channels);
    if (bytes % frame != 0) {
        return false;
    }
    if (stated.count() <= 0) {
        return true;
    }
    const auto frames = bytes / frame;
    const double ms = static_cast<double>(frames) * 1000.0 / pcm.sample_rate_hz;
    const auto said = static_cast<double>(stated.count());
    return std::abs(ms - said) <= std::max(50.0, said * 0.05);
}

std::int16_t to_sample(float value) noexcept {
    // Anything may be in the bytes, and a NaN is in no range.
    return sound::to_pcm16(value == value ? value : 0.0F);  // NOLINT(misc-redundant-expression)
}

}  // namespace

Result<DecodedClip> decode_raw_pcm(std::string_view bytes, const ClipLabel& label) {
    auto pcm = label.pcm;
    if (pcm.channels < 1 || pcm.sample_rate_hz < 1) {
        return fail(ErrorCode::kInvalidArgument, "raw PCM of unstated rate or channels");
    }
    const auto sample = sample_size(label.format);
    const bool is_wrong = !fits(bytes.size(), sample, pcm, label.duration);
    if (is_wrong && fits(bytes.size(), sample, kUsualSuspect, label.duration)) {
        pcm = kUsualSuspect;
    }
    const auto longest = static_cast<std::size_t>(pcm.sample_rate_hz) *
                         static_cast<std::size_t>(kLongestClip.count());
    const auto channels = static_cast<std::size_t>(pcm.channels);
    const auto frames = std::min(bytes.size() / (sample * channels), longest);
    if (frames == 0) {
        return fail(ErrorCode::kInvalidArgument, "raw PCM without a whole frame");
    }
    std::vector<std::int16_t> samples(frames * channels);
    if (label.format == ClipFormat::kPcmF32) {
        std::vector<float> floats(samples.size());
        std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
        std::ranges::transform(floats, samples.begin(), to_sample);
    } else {
        std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int16_t));
    }
    auto sound = PcmChunk::make({}, pcm, std::move(samples));
    if (!sound) {
        return tl::unexpected{std::move(sound).error()};
    }
    return DecodedClip{
        .sound = std::move(*sound), .format = label.format, .is_label_wrong = is_wrong};
}

std::string encode_raw_pcm(const PcmChunk& sound, ClipFormat format) {
    const auto& samples = sound.samples();
    std::string bytes(samples.size() * sample_size(format), '\0');
    if (format == ClipFormat::kPcmF32) {
        std::vector<float> floats(samples.size());
        std::ranges::transform(samples, floats.begin(), [](std::int16_t sample) {
            return static_cast<float>(sample) / 32'768.0F;
        });
        std::memcpy(bytes.data(), floats.data(), bytes.size());
    } else {
        std::memcpy(bytes.data(), samples.data(), bytes.size());
    }
    return bytes;
}

}  // namespace livedub::clips
