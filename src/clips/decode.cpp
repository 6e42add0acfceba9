// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include <fmt/format.h>

#include "clips/clip.hpp"
#include "clips/file_decoder.hpp"
#include "clips/raw_pcm.hpp"
#include "clips/sniff.hpp"

namespace livedub::clips {
namespace {

bool is_raw(ClipFormat format) noexcept {
    return format == ClipFormat::kPcmS16 || format == ClipFormat::kPcmF32;
}

/// Raw samples may begin with anything; they need to look more like a file to be taken for one.
std::optional<ClipFormat> what_it_is(std::string_view bytes, const ClipLabel& label) noexcept {
    const auto sniffed = sniff_clip(bytes);
    if (is_raw(label.format) && sniffed == ClipFormat::kAdts && !is_adts_chain(bytes)) {
        return std::nullopt;
    }
    return sniffed;
}

SoundFile file_of(ClipFormat format) noexcept {
    switch (format) {
        case ClipFormat::kM4a:
            return SoundFile::kM4a;
        case ClipFormat::kAdts:
            return SoundFile::kAdts;
        default:
            return SoundFile::kWav;
    }
}

bool contradicts(const PcmFormat& label, int sample_rate_hz, int channels) noexcept {
    return (label.sample_rate_hz != 0 && label.sample_rate_hz != sample_rate_hz) ||
           (label.channels != 0 && label.channels != channels);
}

}  // namespace

Result<DecodedClip> decode_clip(std::string_view bytes, const ClipLabel& label) {
    if (bytes.empty()) {
        return fail(ErrorCode::kInvalidArgument, "an empty clip");
    }
    if (bytes.size() > kLargestClip) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("a clip of {} bytes (allowed: {})", bytes.size(), kLargestClip));
    }
    const auto format = what_it_is(bytes, label);
    if (!format) {
        if (is_raw(label.format)) {
            return decode_raw_pcm(bytes, label);
        }
        return fail(ErrorCode::kInvalidArgument, "neither MP4 nor ADTS nor WAV");
    }
    auto file = decode_file(bytes, file_of(*format));
    if (!file) {
        return tl::unexpected{std::move(file).error()};
    }
    const auto rate = file->sound.format().sample_rate_hz;
    return DecodedClip{
        .sound = std::move(file->sound),
        .format = *format,
        .is_label_wrong = *format != label.format || contradicts(label.pcm, rate, file->channels)};
}

}  // namespace livedub::clips
