// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "sts_session/output_shape.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "media/sample_time.hpp"
#include "wire/base64.hpp"

namespace livedub::sts_session {
namespace {

bool is_raw(clips::ClipFormat format) {
    return format == clips::ClipFormat::kPcmS16 || format == clips::ClipFormat::kPcmF32;
}

}  // namespace

OutputShape choose_output(const contract::StreamInit& init, bool is_binary,
                          const PcmFormat& decoded) {
    OutputShape shape;
    shape.is_binary = is_binary;
    shape.format = clips::parse_clip_format(init.output_format).value_or(clips::ClipFormat::kM4a);
    if (init.dialect == contract::Dialect::kFlat) {
        // What the client said it deals in; raw samples have room for any rate.
        shape.pcm = {.sample_rate_hz = is_raw(shape.format)
                                           ? init.sample_rate_hz
                                           : clips::nearest_clip_rate(init.sample_rate_hz),
                     .channels = init.channels};
        return shape;
    }
    shape.pcm.sample_rate_hz =
        clips::nearest_clip_rate(init.output_sample_rate_hz.value_or(decoded.sample_rate_hz));
    shape.pcm.channels = init.output_channels.value_or(decoded.channels);
    return shape;
}

Result<contract::Audio> encode_output(const PcmChunk& sound, const OutputShape& shape) {
    const auto converted = clips::convert(sound, shape.pcm);
    auto bytes = clips::encode_clip(converted, shape.format);
    if (!bytes) {
        return tl::unexpected{std::move(bytes).error().with_context("encode the dub")};
    }
    contract::Audio audio;
    audio.format = clips::to_string(shape.format);
    audio.sample_rate_hz = shape.pcm.sample_rate_hz;
    audio.channels = shape.pcm.channels;
    audio.duration_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(converted.duration()).count();
    audio.is_binary = shape.is_binary;
    audio.is_proven_base64 = !shape.is_binary;
    audio.data = shape.is_binary ? std::move(*bytes) : wire::encode_base64(*bytes);
    return audio;
}

PcmChunk make_silence(const PcmChunk& like, const PcmFormat& format) {
    const auto frames =
        static_cast<std::size_t>(samples_in(like.duration(), format.sample_rate_hz));
    auto silence = PcmChunk::make(
        like.start(), format,
        std::vector<std::int16_t>(frames * static_cast<std::size_t>(format.channels)));
    LIVEDUB_CHECK(silence.has_value());  // the format is one that was decoded or checked at init
    return std::move(*silence);
}

}  // namespace livedub::sts_session
