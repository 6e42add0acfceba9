// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>
#include <utility>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "clips/muxer.hpp"

namespace livedub::clips {
namespace {

/// A packet that is stamped this much later than the last one ended comes after a gap. Below it is
/// what rounding to milliseconds does, and the packets follow each other without a seam.
constexpr std::int64_t kLeastGap = 2 * AacPackets::kSamplesPerPacket;

LibavPtr<AVCodecParameters> parameters_of(const AacPackets& sound) {
    LibavPtr<AVCodecParameters> parameters{avcodec_parameters_alloc()};
    LIVEDUB_CHECK(parameters != nullptr);
    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->codec_id = AV_CODEC_ID_AAC;
    parameters->sample_rate = sound.format.sample_rate_hz;
    parameters->frame_size = AacPackets::kSamplesPerPacket;
    av_channel_layout_default(&parameters->ch_layout, sound.format.channels);
    const auto size = sound.config->size();
    parameters->extradata =
        static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
    LIVEDUB_CHECK(parameters->extradata != nullptr);
    std::memcpy(parameters->extradata, sound.config->data(), size);
    parameters->extradata_size = static_cast<int>(size);
    return parameters;
}

}  // namespace

Result<std::string> packets_to_m4a(const AacPackets& sound) {
    if (sound.packets.empty() || sound.config == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "no packets");
    }
    auto muxer = Muxer::open(ClipFormat::kM4a, *parameters_of(sound));
    if (!muxer) {
        return tl::unexpected{std::move(muxer).error()};
    }
    LibavPtr<AVPacket> packet{av_packet_alloc()};
    LIVEDUB_CHECK(packet != nullptr);
    std::int64_t at = 0;
    for (const auto& [start, bytes] : sound.packets) {
        const auto stamped = samples_in(start - sound.start(), sound.format.sample_rate_hz);
        at = stamped - at >= kLeastGap ? stamped : at;
        LIVEDUB_CHECK(av_new_packet(packet.get(), static_cast<int>(bytes->size())) >= 0);
        std::memcpy(packet->data, bytes->data(), bytes->size());
        packet->pts = at;
        packet->dts = at;
        packet->duration = AacPackets::kSamplesPerPacket;
        packet->flags |= AV_PKT_FLAG_KEY;
        at += AacPackets::kSamplesPerPacket;
        if (auto written = (*muxer)->write(*packet); !written) {
            return tl::unexpected{std::move(written).error()};
        }
    }
    return (*muxer)->finish();
}

}  // namespace livedub::clips
