// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>
#include <utility>

#include "base/check.hpp"
#include "clips/aac_encoder.hpp"
#include "clips/clip.hpp"
#include "clips/muxer.hpp"
#include "clips/raw_pcm.hpp"

namespace livedub::clips {
namespace {

Result<std::string> encode_aac(const PcmChunk& sound, ClipFormat format,
                               const std::stop_token& stop) {
    auto encoder = AacEncoder::open(sound.format());
    if (!encoder) {
        return tl::unexpected{std::move(encoder).error()};
    }
    auto parameters = encoder->parameters();
    if (!parameters) {
        return tl::unexpected{std::move(parameters).error()};
    }
    auto muxer = Muxer::open(format, **parameters);
    if (!muxer) {
        return tl::unexpected{std::move(muxer).error()};
    }
    auto done =
        encoder->run(sound, stop, [&](AVPacket& packet) { return (*muxer)->write(packet); });
    if (!done) {
        return tl::unexpected{std::move(done).error()};
    }
    return (*muxer)->finish();
}

Result<std::string> encode_wav(const PcmChunk& sound) {
    LibavPtr<AVCodecParameters> parameters{avcodec_parameters_alloc()};
    LIVEDUB_CHECK(parameters != nullptr);
    const auto channels = sound.format().channels;
    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->codec_id = AV_CODEC_ID_PCM_S16LE;
    parameters->format = AV_SAMPLE_FMT_S16;
    parameters->sample_rate = sound.format().sample_rate_hz;
    parameters->bits_per_coded_sample = 16;
    parameters->block_align = 2 * channels;
    av_channel_layout_default(&parameters->ch_layout, channels);
    auto muxer = Muxer::open(ClipFormat::kWav, *parameters);
    if (!muxer) {
        return tl::unexpected{std::move(muxer).error()};
    }
    const auto bytes = encode_raw_pcm(sound, ClipFormat::kPcmS16);
    LibavPtr<AVPacket> packet{av_packet_alloc()};
    LIVEDUB_CHECK(packet != nullptr &&
                  av_new_packet(packet.get(), static_cast<int>(bytes.size())) >= 0);
    std::memcpy(packet->data, bytes.data(), bytes.size());
    packet->pts = 0;
    packet->dts = 0;
    packet->duration = static_cast<std::int64_t>(sound.frames());
    if (auto written = (*muxer)->write(*packet); !written) {
        return tl::unexpected{std::move(written).error()};
    }
    return (*muxer)->finish();
}

}  // namespace

Result<std::string> encode_clip(const PcmChunk& sound, ClipFormat format,
                                const std::stop_token& stop) {
    if (sound.frames() == 0) {
        return fail(ErrorCode::kInvalidArgument, "no sound to encode");
    }
    switch (format) {
        case ClipFormat::kM4a:
        case ClipFormat::kAdts:
            return encode_aac(sound, format, stop);
        case ClipFormat::kWav:
            return encode_wav(sound);
        case ClipFormat::kPcmS16:
        case ClipFormat::kPcmF32:
            return encode_raw_pcm(sound, format);
    }
    return fail(ErrorCode::kInvalidArgument, "no such format");
}

}  // namespace livedub::clips
