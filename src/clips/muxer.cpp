// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "clips/muxer.hpp"

#include <string>

#include "base/check.hpp"

namespace livedub::clips {
namespace {

const char* muxer_of(ClipFormat format) noexcept {
    switch (format) {
        case ClipFormat::kM4a:
            return "ipod";  // MP4 under the brand of sound files
        case ClipFormat::kAdts:
            return "adts";
        default:
            return "wav";
    }
}

}  // namespace

Result<std::unique_ptr<Muxer>> Muxer::open(ClipFormat format, const AVCodecParameters& sound) {
    quieten_libav();
    std::unique_ptr<Muxer> muxer{new Muxer};
    int error =
        avformat_alloc_output_context2(&muxer->context_, nullptr, muxer_of(format), nullptr);
    if (error < 0) {
        return libav_failure(ErrorCode::kInternal, muxer_of(format), error);
    }
    auto& context = *muxer->context_;
    muxer->writer_.attach_to(context);
    context.flags |= AVFMT_FLAG_BITEXACT;  // equal sound is equal bytes: no dates, no versions
    auto* const stream = avformat_new_stream(&context, nullptr);
    LIVEDUB_CHECK(stream != nullptr);
    avcodec_parameters_copy(stream->codecpar, &sound);
    stream->codecpar->codec_tag = 0;
    stream->time_base = {1, sound.sample_rate};
    AVDictionary* options = nullptr;
    if (format == ClipFormat::kM4a) {
        av_dict_set(&options, "movflags", "+faststart", 0);
        // The edit list counts in the movie's time: in milliseconds the end would be rounded.
        av_dict_set_int(&options, "movie_timescale", sound.sample_rate, 0);
    }
    error = avformat_write_header(&context, &options);
    av_dict_free(&options);
    if (error < 0) {
        return libav_failure(ErrorCode::kInternal, "file header", error);
    }
    return muxer;
}

Muxer::~Muxer() {
    avformat_free_context(context_);
}

Result<void> Muxer::write(AVPacket& packet) {
    auto* const stream = context_->streams[0];
    packet.stream_index = 0;
    av_packet_rescale_ts(&packet, {1, stream->codecpar->sample_rate}, stream->time_base);
    if (const int error = av_interleaved_write_frame(context_, &packet); error < 0) {
        return libav_failure(ErrorCode::kInternal, "file packet", error);
    }
    return {};
}

Result<std::string> Muxer::finish() {
    if (const int error = av_write_trailer(context_); error < 0) {
        return libav_failure(ErrorCode::kInternal, "file trailer", error);
    }
    return writer_.take();
}

}  // namespace livedub::clips
