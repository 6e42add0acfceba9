// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/aac_encoder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"

namespace livedub::clips {
namespace {

constexpr int kBitsPerSecondAndChannel = 64'000;

/// A frame of 1024 samples has no room for more per channel: at 8 kHz that is less than the above.
constexpr std::int64_t kMostBitsPerFrame = 6'144;

/// The rates of ISO/IEC 14496-3. libavcodec lists them too, but FFmpeg 9 took away the list that
/// FFmpeg 5 has, and what stands in for it came in between.
constexpr std::array kRatesHz{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                              22'050, 16'000, 12'000, 11'025, 8'000,  7'350};

/// Splits interleaved 16-bit samples into the encoder's planes of floats.
void fill(AVFrame& frame, const std::int16_t* samples, int channels) {
    for (int channel = 0; channel < channels; ++channel) {
        auto* const plane = reinterpret_cast<float*>(frame.data[channel]);
        for (int i = 0; i < frame.nb_samples; ++i) {
            plane[i] = static_cast<float>(samples[i * channels + channel]) / 32'768.0F;
        }
    }
}

}  // namespace

Result<AacEncoder> AacEncoder::open(const PcmFormat& format) {
    quieten_libav();
    const auto* const codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
    if (codec == nullptr) {
        return fail(ErrorCode::kInternal, "libavcodec has no AAC encoder");
    }
    if (std::ranges::find(kRatesHz, format.sample_rate_hz) == kRatesHz.end()) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("AAC has no rate of {} Hz", format.sample_rate_hz));
    }
    LibavPtr<AVCodecContext> context{avcodec_alloc_context3(codec)};
    LIVEDUB_CHECK(context != nullptr);
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    context->sample_rate = format.sample_rate_hz;
    context->time_base = {1, format.sample_rate_hz};
    av_channel_layout_default(&context->ch_layout, format.channels);
    const auto most = kMostBitsPerFrame * format.sample_rate_hz / 1024;
    context->bit_rate = format.channels * std::min<std::int64_t>(kBitsPerSecondAndChannel, most);
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    context->thread_count = 1;
    // Three times as fast as the default coder, and as close to the original at these rates.
    av_opt_set(context->priv_data, "aac_coder", "fast", 0);
    if (const int error = avcodec_open2(context.get(), codec, nullptr); error < 0) {
        return libav_failure(ErrorCode::kInternal, "AAC encoder", error);
    }
    return AacEncoder{std::move(context)};
}

Result<LibavPtr<AVCodecParameters>> AacEncoder::parameters() const {
    LibavPtr<AVCodecParameters> parameters{avcodec_parameters_alloc()};
    LIVEDUB_CHECK(parameters != nullptr);
    if (const int error = avcodec_parameters_from_context(parameters.get(), codec_.get());
        error < 0) {
        return libav_failure(ErrorCode::kInternal, "AAC encoder", error);
    }
    return parameters;
}

Result<void> AacEncoder::run(const PcmChunk& sound, const std::stop_token& stop,
                             const std::function<Result<void>(AVPacket&)>& on_packet) {
    const auto channels = sound.format().channels;
    const auto total = static_cast<std::int64_t>(sound.frames());
    LibavPtr<AVPacket> packet{av_packet_alloc()};
    LIVEDUB_CHECK(packet != nullptr);
    for (std::int64_t at = 0;; at += codec_->frame_size) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, "AAC encoder: stopped");
        }
        LibavPtr<AVFrame> frame;
        if (at < total) {
            frame.reset(av_frame_alloc());
            LIVEDUB_CHECK(frame != nullptr);
            frame->nb_samples =
                static_cast<int>(std::min<std::int64_t>(codec_->frame_size, total - at));
            frame->format = codec_->sample_fmt;
            frame->sample_rate = codec_->sample_rate;
            frame->pts = at;
            av_channel_layout_copy(&frame->ch_layout, &codec_->ch_layout);
            LIVEDUB_CHECK(av_frame_get_buffer(frame.get(), 0) >= 0);
            fill(*frame, sound.samples().data() + at * channels, channels);
        }
        // No frame drains the encoder.
        if (const int error = avcodec_send_frame(codec_.get(), frame.get()); error < 0) {
            return libav_failure(ErrorCode::kInternal, "AAC encoder", error);
        }
        while (avcodec_receive_packet(codec_.get(), packet.get()) >= 0) {
            if (auto taken = on_packet(*packet); !taken) {
                return taken;
            }
        }
        if (!frame) {
            return {};
        }
    }
}

}  // namespace livedub::clips
