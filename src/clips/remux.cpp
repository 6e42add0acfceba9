// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <utility>

#include "base/check.hpp"
#include "clips/clip.hpp"
#include "clips/input_file.hpp"
#include "clips/muxer.hpp"

namespace livedub::clips {
namespace {

// FFmpeg 6.1 renamed it, FFmpeg 9 took the old name away.
#ifdef AV_PROFILE_AAC_LOW
constexpr int kLowComplexity = AV_PROFILE_AAC_LOW;
#else
constexpr int kLowComplexity = FF_PROFILE_AAC_LOW;
#endif

/// What an ADTS header says, which an MP4 header must say before the first packet.
Result<LibavPtr<AVCodecParameters>> read_parameters(const AVPacket& packet) {
    const auto* const codec = avcodec_find_decoder(AV_CODEC_ID_AAC);
    LibavPtr<AVCodecContext> decoder{avcodec_alloc_context3(codec)};
    LibavPtr<AVFrame> frame{av_frame_alloc()};
    LibavPtr<AVCodecParameters> parameters{avcodec_parameters_alloc()};
    LIVEDUB_CHECK(decoder != nullptr && frame != nullptr && parameters != nullptr);
    int error = avcodec_open2(decoder.get(), codec, nullptr);
    if (error >= 0) {
        error = avcodec_send_packet(decoder.get(), &packet);
    }
    if (error >= 0) {
        error = avcodec_receive_frame(decoder.get(), frame.get());
    }
    if (error < 0) {
        return libav_failure(ErrorCode::kInvalidArgument, "adts", error);
    }
    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->codec_id = AV_CODEC_ID_AAC;
    parameters->profile = kLowComplexity;
    parameters->sample_rate = frame->sample_rate;
    parameters->frame_size = frame->nb_samples;
    av_channel_layout_copy(&parameters->ch_layout, &frame->ch_layout);
    return parameters;
}

}  // namespace

Result<std::string> adts_to_m4a(std::string_view adts) {
    if (sniff_clip(adts) != ClipFormat::kAdts || adts.size() > kLargestClip) {
        return fail(ErrorCode::kInvalidArgument, "not ADTS");
    }
    auto file = InputFile::open(adts, SoundFile::kAdts);
    if (!file) {
        return tl::unexpected{std::move(file).error()};
    }
    LibavPtr<AVPacket> packet{av_packet_alloc()};
    LIVEDUB_CHECK(packet != nullptr);
    std::unique_ptr<Muxer> muxer;
    std::int64_t frame_size = 0;
    std::int64_t at = 0;
    while ((*file)->read(*packet)) {
        if (!muxer) {
            auto parameters = read_parameters(*packet);
            if (!parameters) {
                return tl::unexpected{std::move(parameters).error()};
            }
            frame_size = (*parameters)->frame_size;
            auto opened = Muxer::open(ClipFormat::kM4a, **parameters);
            if (!opened) {
                return tl::unexpected{std::move(opened).error()};
            }
            muxer = std::move(*opened);
        }
        packet->pts = at;
        packet->dts = at;
        packet->duration = frame_size;
        at += frame_size;
        if (auto written = muxer->write(*packet); !written) {
            return tl::unexpected{std::move(written).error()};
        }
    }
    if (!muxer) {
        return fail(ErrorCode::kInvalidArgument, "no sound that can be decoded");
    }
    return muxer->finish();
}

}  // namespace livedub::clips
